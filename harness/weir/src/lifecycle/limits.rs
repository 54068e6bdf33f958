//! The applications with limits: what the target declares about one is a note when it shows, and a failure elsewhere.

use weir_judge::Verdict;
use weir_provision::RemoveUserAction;
use weir_provision::source::Directory;

use super::comparison::Side;
use super::embedded::{Declarations, Ground};
use super::specs::{APPLICATION, DISABLE, FIRST_CYCLE, LEAVER_DELETE};
use super::stage::{Fault, Stage};
use super::step::{Outcome, Steps};

const PEOPLE: &str = "\
dn: dc=example,dc=com
objectClass: domain
dc: example

dn: uid=pat,dc=example,dc=com
objectClass: inetOrgPerson
uid: pat
cn: Pat Quillhaven
sn: Quillhaven
mail: pat@example.com
title: Tester
entryUUID: 1f6c1c0e-0c5c-5c3e-9d3c-5a8f2b6f9a01

dn: uid=sam,dc=example,dc=com
objectClass: inetOrgPerson
uid: sam
cn: Sam Quillhaven
sn: Quillhaven
entryUUID: 1f6c1c0e-0c5c-5c3e-9d3c-5a8f2b6f9a02

dn: cn=Testers,dc=example,dc=com
objectClass: groupOfNames
cn: Testers
entryUUID: 1f6c1c0e-0c5c-5c3e-9d3c-5a8f2b6f9a03
member: uid=pat,dc=example,dc=com
";
const DISABLED: &str =
    "dn: uid=pat,dc=example,dc=com\nchangetype: modify\nreplace: nsaccountlock\nnsaccountlock: TRUE\n-\n";
const DELETED: &str = "dn: uid=sam,dc=example,dc=com\nchangetype: delete\n";

/// A part of the scenario.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Create,
    Disable,
    Delete,
}

/// Runs a short scenario against every application but the main one; returns how many requests were sent.
pub(super) async fn run(steps: &mut Steps<'_>, ground: &Ground<'_>, main: &Stage) -> Result<u64, Fault> {
    let mut sent = 0;
    for declared in ground.declared.iter().filter(|declared| declared.name != ground.main) {
        if steps.is_interrupted() {
            break;
        }
        let directory = Directory::parse("limits.ldif", PEOPLE).map_err(Fault::new)?.0;
        let mut stage = ground.stage(&declared.name, directory)?;
        stage.schemas.clone_from(&main.schemas);
        application(steps, declared, &mut stage).await;
        sent += stage.client.sent();
    }
    Ok(sent)
}

async fn application(steps: &mut Steps<'_>, declared: &Declarations, stage: &mut Stage) {
    let id = format!("{APPLICATION}{}", declared.name);
    let title = format!("{}: create, delete, disable", declared.name);
    let Some((begun, client)) = steps.begin_as(&id, &title, &stage.client) else { return };
    let mut outcome = Outcome::default();
    // What the applications before left there is not this step's concern.
    if let Ok((front, _)) = stage.observe(&client).await
        && !front.users.is_empty()
    {
        steps.end(begun, Outcome::skipped("the step before has used this application"));
        return;
    }
    let mut shown = Vec::new();
    for (part, spec, changes) in
        [(Part::Create, &FIRST_CYCLE, ""), (Part::Delete, &LEAVER_DELETE, DELETED), (Part::Disable, &DISABLE, DISABLED)]
    {
        stage.provisioner.options.remove_user_action = match part {
            Part::Delete => RemoveUserAction::Delete,
            Part::Create | Part::Disable => RemoveUserAction::Disable,
        };
        if !changes.is_empty()
            && let Err(fault) = stage.change(spec.id, changes)
        {
            outcome.problems.push(fault.problem());
            break;
        }
        let mut problems = match Box::pin(stage.judged_cycle(steps, spec, &client)).await {
            None => {
                steps.end(begun, Outcome::skipped("interrupted"));
                return;
            }
            Some(Err(error)) => vec![Fault::new(error).problem()],
            Some(Ok((_, problems))) => problems,
        };
        match stage.observe(&client).await {
            Err(error) => problems.push(super::comparison::unreadable(spec, &error)),
            Ok((front, service)) => {
                problems.extend(stage.differences(spec, Side::Front, &front));
                if let Some(service) = service {
                    problems.extend(stage.differences(spec, Side::Service, &service));
                }
            }
        }
        for problem in &mut problems {
            if problem.verdict == Verdict::Fail
                && let Some(limit) = limit(declared, part, stage)
            {
                // What the service cannot do is not a fault of its SCIM front.
                problem.verdict = Verdict::Note;
                problem.requirements.clear();
                shown.push(limit);
            }
        }
        // A limit shows in many places and is told once.
        let graver = problems.iter().any(|problem| problem.verdict > Verdict::Note);
        problems.truncate(if graver { usize::MAX } else { 1 });
        problems.retain(|problem| outcome.problems.iter().all(|told| told.message != problem.message));
        outcome.problems.extend(problems);
    }
    shown.dedup();
    outcome.reason = (!shown.is_empty()).then(|| format!("declared by the target: {}", shown.join("; ")));
    steps.end(begun, outcome);
}

/// What the target declares that explains a difference in this part, in words.
fn limit(declared: &Declarations, part: Part, stage: &Stage) -> Option<&'static str> {
    let service = &declared.service;
    if stage.has_groups() && !declared.offers("filter.groups") && stage.needs_group_filter().is_some() {
        return Some("groups cannot be found by filter here, and this client never lists them");
    }
    if stage.has_groups() && !declared.offers("create.groups") {
        return Some("groups are not created here");
    }
    match part {
        Part::Delete | Part::Disable if service["hardDelete"] == false => {
            Some("the service disables the account of a deleted user")
        }
        Part::Disable if service["deleteOnDeactivation"] == true => {
            Some("disabling a user deletes the account in the service")
        }
        Part::Disable if service["partialUpdate"] == false => Some(match service["failedUpdate"].as_str() {
            Some("ignored") => {
                "the service has no partial update: the endpoint reports the user inactive, the account stays active"
            }
            Some("ignored-visible") => {
                "the service has no partial update: disabling is answered with success, and the user stays active"
            }
            _ => "the service has no partial update: disabling is refused, and the account stays active",
        }),
        Part::Create | Part::Disable | Part::Delete => None,
    }
}
