//! The lifecycle against an endpoint of our own, with a company of 220 people: everything is read back, the service behind
//! each application included.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use weir_exchange::{Client, ClientOptions, Credentials, Request};
use weir_judge::{Problem, Verdict};
use weir_provision::RemoveUserAction;
use weir_provision::client::Description;
use weir_provision::source::Directory;

use super::limits;
use super::people;
use super::people::COMPANY;
use super::specs::{
    DISABLE, ENABLE, FIRST_CYCLE, GROUP_CREATE, GROUP_DELETE, GROUP_FALLBACK, GROUP_MEMBERS, GROUP_RENAME, JOINER,
    LEAVER_DELETE, LEAVER_DISABLE, LOST_ANSWER, MOVER, RELINK, UNCHANGED,
};
use super::stage::{Fault, NO_GROUPS, ReadBack, Stage, is_passing, options};
use super::step::{Outcome, StepSpec, Steps};
use super::{EmbeddedRun, comparison, connect};
use crate::embedded::Application;

/// Loses the answer to the next write.
const ANSWER_LOST: &str = "write.answer-lost=first:1";
/// Nothing on this machine takes longer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What the control API says about an application.
#[derive(Clone, Debug)]
pub(super) struct Declarations {
    pub name: String,
    pub capabilities: Vec<String>,
    /// What the service behind it can do; null where the application is the service.
    pub service: Value,
}

impl Declarations {
    pub(super) fn offers(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|own| own == capability)
    }
}

/// What every scenario of an embedded endpoint needs.
pub(super) struct Ground<'a> {
    pub subject: &'a EmbeddedRun<'a>,
    pub description: &'a Description,
    pub control: Client,
    pub declared: Vec<Declarations>,
    /// The application that the lifecycle runs against.
    pub main: String,
}

impl Ground<'_> {
    /// A stage on one application.
    pub(super) fn stage(&self, application: &str, directory: Directory) -> Result<Stage, Fault> {
        let found = self.subject.embedded.applications().iter().find(|own| own.name == application);
        let client = found.map(|found| client(found, self.subject)).transpose()?;
        let client = client.ok_or_else(|| Fault::new(format!("there is no application {application}")))?;
        let read_back =
            ReadBack::Everything { control: Box::new(self.control.clone()), application: application.to_owned() };
        Ok(Stage::new(
            client,
            directory,
            self.description,
            options(self.description, self.subject.threads, TIMEOUT),
            read_back,
        ))
    }

    /// Changes the deviations that are active besides those of the start; one of them takes the place of what contradicts it there.
    fn deviate(&self, more: &[&str]) -> Result<(), Fault> {
        let id = |text: &str| text.split('=').next().unwrap_or_default().to_owned();
        let stays = |own: &&String| more.iter().all(|other| id(own) != id(other));
        let mut active: Vec<String> = self.subject.deviations.iter().filter(stays).cloned().collect();
        active.extend(more.iter().map(|&id| id.to_owned()));
        self.subject.embedded.set_deviations(&active).map_err(Fault::new)
    }
}

fn client(application: &Application, subject: &EmbeddedRun<'_>) -> Result<Client, Fault> {
    let base = application
        .base_urls
        .first()
        .ok_or_else(|| Fault::new(format!("application {} has no base URL", application.name)))?;
    let options = ClientOptions {
        credentials: application.credentials(),
        concurrency: subject.threads,
        ..ClientOptions::default()
    };
    let client = Client::new(base, options).map_err(Fault::new)?;
    // A judge takes no notice of applications at other base URLs.
    let observers = [&subject.observer, &subject.judge].into_iter().flatten();
    Ok(observers.fold(client, |client, observer| client.observed_by(observer.clone())))
}

/// Runs the scenario. The problem that comes back is one of the harness itself: nothing could be tried.
pub(super) async fn run(
    steps: &mut Steps<'_>,
    subject: &EmbeddedRun<'_>,
    description: &Description,
) -> Result<u64, Fault> {
    let credentials = Credentials::Bearer(subject.embedded.control_token().clone());
    let control =
        Client::new(subject.embedded.control_url(), ClientOptions { credentials, ..ClientOptions::default() })
            .map_err(Fault::new)?;
    let main = subject.embedded.application().map(|application| application.name.clone());
    let main = main.ok_or_else(|| Fault::new("the target has no application"))?;
    subject.embedded.reset();
    let declared = declared(&control).await?;
    let ground = Ground { subject, description, control, declared, main };
    let directory = read(COMPANY.0, COMPANY.1)?;
    let mut stage = ground.stage(&ground.main, directory)?;
    connect::connect(steps, &stage.client, description).await;
    connect::refresh_fields(steps, &mut stage).await;
    company(steps, &mut stage).await;
    groups(steps, &mut stage).await;
    lost_answer(steps, &ground, &mut stage).await;
    let mut sent = stage.client.sent();
    sent += fallback(steps, &ground, &stage).await?;
    sent += limits::run(steps, &ground, &stage).await?;
    Ok(sent)
}

fn read(name: &str, text: &str) -> Result<Directory, Fault> {
    Directory::parse(name, text).map(|(directory, _)| directory).map_err(Fault::new)
}

async fn declared(control: &Client) -> Result<Vec<Declarations>, Fault> {
    let exchange = control.send(Request::get("/applications")).await.map_err(Fault::new)?;
    let body = exchange.json().map_err(|why| Fault::new(format!("the control API's applications: {why}")))?;
    Ok(body
        .as_array()
        .into_iter()
        .flatten()
        .map(|application| Declarations {
            name: application["name"].as_str().unwrap_or_default().to_owned(),
            capabilities: application["capabilities"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|id| id.as_str().map(str::to_owned))
                .collect(),
            service: application["downstream"].clone(),
        })
        .collect())
}

/// The company's year.
async fn company(steps: &mut Steps<'_>, stage: &mut Stage) {
    stage.step(steps, &FIRST_CYCLE, "").await;
    stage.quiet_step(steps, &UNCHANGED).await;
    for (spec, changes) in
        [(&JOINER, people::JOINER), (&MOVER, people::MOVER), (&DISABLE, people::DISABLE), (&ENABLE, people::ENABLE)]
    {
        stage.step(steps, spec, changes).await;
    }
    let changes = people::departures(&stage.directory, 3);
    stage.provisioner.options.remove_user_action = RemoveUserAction::Delete;
    stage.step(steps, &LEAVER_DELETE, &changes).await;
    stage.provisioner.options.remove_user_action = RemoveUserAction::Disable;
    stage.step(steps, &LEAVER_DISABLE, people::LEAVER).await;
}

async fn groups(steps: &mut Steps<'_>, stage: &mut Stage) {
    let members = people::names(&stage.directory, 4);
    let steps_of_groups = [
        (&GROUP_CREATE, people::group_created(&members)),
        (&GROUP_MEMBERS, people::group_changed(&members)),
        (&GROUP_RENAME, people::group_renamed()),
        (&GROUP_DELETE, people::group_deleted()),
    ];
    for (spec, changes) in steps_of_groups {
        if stage.has_groups() {
            stage.step(steps, spec, &changes).await;
        } else if let Some((begun, _)) = steps.begin(spec, &stage.client) {
            steps.end(begun, Outcome::skipped(NO_GROUPS));
        }
    }
    stage.forget();
    relink(steps, stage).await;
}

/// A new ledger: everybody is found again. Leavers are nobody's any more, and stay as they are.
async fn relink(steps: &mut Steps<'_>, stage: &mut Stage) {
    let Some((begun, client)) = steps.begin(&RELINK, &stage.client) else { return };
    let (client, recording) = client.recorded();
    let mut outcome = Outcome::default();
    let Some(report) = stage.cycle(steps, &RELINK, &client, &mut outcome).await else {
        steps.end(begun, Outcome::skipped("interrupted"));
        return;
    };
    outcome.reason = report.as_ref().map(super::stage::summary);
    for exchange in recording.exchanges().iter().filter(|exchange| exchange.method == Method::POST) {
        outcome.problems.push(Problem {
            requirements: RELINK.requirements.iter().map(|&id| id.to_owned()).collect(),
            legal: RELINK.legal.iter().map(|&legal| legal.to_owned()).collect(),
            exchanges: vec![Arc::clone(exchange)],
            ..Problem::new(
                Verdict::Fail,
                format!("{} was created although it is there already", exchange.target()),
                "the search before it found nothing",
            )
        });
    }
    stage.finish(steps, &RELINK, begun, &client, outcome).await;
}

/// The endpoint does its work, and the connection breaks before the answer.
async fn lost_answer(steps: &mut Steps<'_>, ground: &Ground<'_>, stage: &mut Stage) {
    let Some((begun, client)) = steps.begin(&LOST_ANSWER, &stage.client) else { return };
    let mut outcome = Outcome::default();
    let prepared = stage.change("lost-answer", people::LATECOMER).and_then(|()| ground.deviate(&[ANSWER_LOST]));
    if let Err(fault) = prepared {
        outcome.problems.push(fault.problem());
        steps.end(begun, outcome);
        return;
    }
    match stage.raw_cycle(steps, &client).await {
        None => {
            restore(ground, &mut outcome);
            steps.end(begun, Outcome::skipped("interrupted"));
            return;
        }
        Some(Err(error)) => outcome.problems.push(Fault::new(error).problem()),
        Some(Ok(mut report)) => {
            if report.failures.is_empty() {
                outcome.problems.push(Fault::new("one answer was to be lost, and none was").problem());
            }
            // The next cycle makes up for the answer, and for what else may pass.
            report.failures.retain(|failure| !is_passing(failure));
            // What else failed is the endpoint's doing.
            outcome.problems.extend(comparison::failures(&LOST_ANSWER, &report));
        }
    }
    // Deviations of the start count anew once they are switched on again, so that they wait for the end of the step.
    let second = stage.cycle(steps, &LOST_ANSWER, &client, &mut outcome).await;
    restore(ground, &mut outcome);
    let Some(report) = second else {
        steps.end(begun, Outcome::skipped("interrupted"));
        return;
    };
    outcome.reason = report.as_ref().map(super::stage::summary);
    stage.finish(steps, &LOST_ANSWER, begun, &client, outcome).await;
}

/// Switches the deviations of the start on again.
fn restore(ground: &Ground<'_>, outcome: &mut Outcome) {
    if let Err(fault) = ground.deviate(&[]) {
        outcome.problems.push(fault.problem());
    }
}

/// Against the application without group filter: groups are made, forgotten, and found again by listing all.
async fn fallback(steps: &mut Steps<'_>, ground: &Ground<'_>, main: &Stage) -> Result<u64, Fault> {
    let found = ground.declared.iter().find(|own| {
        !own.offers("filter.groups")
            && ["create.groups", "patch.groups", "filter.users"].iter().all(|id| own.offers(id))
    });
    let skipped = main
        .needs_group_filter()
        .or_else(|| found.is_none().then_some("every application of the target can filter groups"));
    let (Some(found), None) = (found, skipped) else {
        if let Some((begun, _)) = steps.begin(&GROUP_FALLBACK, &main.client) {
            steps.end(begun, Outcome::skipped(skipped.unwrap_or_default()));
        }
        return Ok(0);
    };
    let mut stage = ground.stage(&found.name, read(people::TWENTY.0, people::TWENTY.1)?)?;
    stage.schemas.clone_from(&main.schemas);
    group_fallback(steps, &mut stage, &GROUP_FALLBACK).await;
    Ok(stage.client.sent())
}

/// Provisions, forgets, and provisions again; the groups must be found in the list.
pub(super) async fn group_fallback(steps: &mut Steps<'_>, stage: &mut Stage, spec: &StepSpec) {
    let Some((begun, client)) = steps.begin(spec, &stage.client) else { return };
    let (client, recording) = client.recorded();
    let mut outcome = Outcome::default();
    for is_again in [false, true] {
        if is_again {
            stage.forget();
        }
        let Some(report) = stage.cycle(steps, spec, &client, &mut outcome).await else {
            steps.end(begun, Outcome::skipped("interrupted"));
            return;
        };
        outcome.reason = report.as_ref().map(super::stage::summary);
    }
    let lists = recording
        .exchanges()
        .iter()
        .filter(|exchange| exchange.url.path().ends_with("/Groups") && exchange.target().contains("startIndex="))
        .count();
    if lists == 0 {
        outcome.problems.push(Fault::new("the groups were never listed").problem());
    }
    stage.finish(steps, spec, begun, &client, outcome).await;
}
