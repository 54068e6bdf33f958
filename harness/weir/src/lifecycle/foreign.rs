//! The lifecycle against somebody's endpoint: a handful of invented people under the run's prefix, nothing touched that the
//! run did not create, and everything deleted at the end.

use std::sync::Arc;
use std::time::Duration;

use weir_catalog::deletion::{delete, delete_created, leave_created};
use weir_catalog::{interruption, run_prefix};
use weir_exchange::{Client, CreatedResources};
use weir_judge::{Event, Events, Problem, Verdict};
use weir_provision::RemoveUserAction;
use weir_provision::client::Description;
use weir_provision::engine::report::Cause;
use weir_provision::source::Directory;

use super::embedded::group_fallback;
use super::guard::Guard;
use super::observation::{Observation, id_of};
use super::people::InventedPeople;
use super::specs::{
    DISABLE, ENABLE, FIRST_CYCLE, GROUP_CREATE, GROUP_DELETE, GROUP_FALLBACK, GROUP_MEMBERS, GROUP_RENAME, JOINER,
    LEAVER_DELETE, LEAVER_DISABLE, LOST_ANSWER, MOVER, UNCHANGED,
};
use super::stage::{Fault, NO_GROUPS, ReadBack, Stage, options, summary};
use super::step::{Outcome, StepSpec, Steps};
use super::{ForeignRun, connect};

/// As the channel's default.
const TIMEOUT: Duration = Duration::from_mins(1);

/// Runs the scenario and cleans up. The problem that comes back is one of the harness itself: nothing could be tried.
pub(super) async fn run(
    steps: &mut Steps<'_>,
    events: &Events,
    subject: &ForeignRun,
    description: &Description,
) -> Result<(), Fault> {
    let people = InventedPeople::new(&run_prefix(subject.seed), subject.people);
    let (directory, _) = Directory::parse("invented.ldif", &people.directory()).map_err(Fault::new)?;
    let created = CreatedResources::default();
    let client = subject.client.noting(&created);
    let guard = Arc::new(Guard::new(client.clone(), description));
    let read_back = ReadBack::Own(Arc::clone(&guard));
    let mut stage =
        Stage::new(client.clone(), directory, description, options(description, subject.threads, TIMEOUT), read_back);
    let interrupted = steps.interruption();
    let life = async {
        connect::connect(steps, &client, description).await;
        connect::refresh_fields(steps, &mut stage).await;
        users(steps, &mut stage, &people).await;
        groups(steps, &mut stage, &people, &guard).await;
        lost_answer(steps, &mut stage, &people, &guard).await;
        leavers(steps, &mut stage, &people).await;
    };
    // A step that waits for an answer does not hold up the end of the run.
    let _ = interruption::unless_over(&interrupted, interruption::GRACE, life).await;
    if steps.is_interrupted() {
        created.note_interruption();
    }
    let clean = clean_up(events, &stage, &created);
    if interruption::unless_over(&interrupted, interruption::CLEAN_UP, clean).await.is_none() {
        leave_created(&created, events);
        let names: Vec<String> = stage.names().cloned().collect();
        events.emit(&unnoticed(&stage.client, "the time to clean up was over", &names));
    }
    Ok(())
}

async fn users(steps: &mut Steps<'_>, stage: &mut Stage, people: &InventedPeople) {
    stage.step(steps, &FIRST_CYCLE, "").await;
    stage.quiet_step(steps, &UNCHANGED).await;
    stage.step(steps, &JOINER, &people.joiner()).await;
    stage.step(steps, &MOVER, &people.mover()).await;
    stage.step(steps, &DISABLE, &people.locked(true)).await;
    stage.step(steps, &ENABLE, &people.locked(false)).await;
}

async fn groups(steps: &mut Steps<'_>, stage: &mut Stage, people: &InventedPeople, guard: &Guard) {
    let rest: [(&StepSpec, String); 2] =
        [(&GROUP_MEMBERS, people.group_changed()), (&GROUP_RENAME, people.group_renamed())];
    if let Some(reason) = group_create(steps, stage, people).await {
        for spec in rest.iter().map(|(spec, _)| *spec).chain([&GROUP_FALLBACK, &GROUP_DELETE]) {
            if let Some((begun, _)) = steps.begin(spec, &stage.client) {
                steps.end(begun, Outcome::skipped(reason.clone()));
            }
        }
        return;
    }
    for (spec, changes) in rest {
        stage.step(steps, spec, &changes).await;
    }
    if let Some(reason) = stage.needs_group_filter() {
        if let Some((begun, _)) = steps.begin(&GROUP_FALLBACK, &stage.client) {
            steps.end(begun, Outcome::skipped(reason));
        }
    } else {
        guard.skip_group_filter(true);
        group_fallback(steps, stage, &GROUP_FALLBACK).await;
        guard.skip_group_filter(false);
    }
    stage.step(steps, &GROUP_DELETE, &people.group_deleted()).await;
}

/// Creates the group; the reason, if the endpoint does not do that.
async fn group_create(steps: &mut Steps<'_>, stage: &mut Stage, people: &InventedPeople) -> Option<String> {
    let (begun, client) = steps.begin(&GROUP_CREATE, &stage.client)?;
    if !stage.has_groups() {
        steps.end(begun, Outcome::skipped(NO_GROUPS));
        return Some(NO_GROUPS.to_owned());
    }
    let mut outcome = Outcome::default();
    if let Err(fault) = stage.change(GROUP_CREATE.id, &people.group_created()) {
        outcome.problems.push(fault.problem());
        steps.end(begun, outcome);
        return None;
    }
    let Some(report) = stage.cycle(steps, &GROUP_CREATE, &client, &mut outcome).await else {
        steps.end(begun, Outcome::skipped("interrupted"));
        return None;
    };
    let refused = report.as_ref().and_then(|report| {
        report.failures.iter().find_map(|failure| match failure.cause {
            Cause::Status(status @ (403 | 404 | 405 | 501)) => Some(status),
            _ => None,
        })
    });
    if let Some(status) = refused {
        let reason = format!("the endpoint does not create groups (status {status})");
        // The directory goes back to where it was, so that the steps that follow are about users alone.
        if let Err(fault) = stage.change(GROUP_CREATE.id, &people.group_withdrawn()) {
            outcome.problems.push(fault.problem());
            steps.end(begun, outcome);
        } else {
            steps.end(begun, Outcome::skipped(reason.clone()));
        }
        return Some(reason);
    }
    outcome.reason = report.as_ref().map(summary);
    stage.finish(steps, &GROUP_CREATE, begun, &client, outcome).await;
    None
}

/// The endpoint creates a user, and the harness throws the answer away.
async fn lost_answer(steps: &mut Steps<'_>, stage: &mut Stage, people: &InventedPeople, guard: &Guard) {
    let Some((begun, client)) = steps.begin(&LOST_ANSWER, &stage.client) else { return };
    let mut outcome = Outcome::default();
    if let Err(fault) = stage.change(LOST_ANSWER.id, &people.latecomer()) {
        outcome.problems.push(fault.problem());
        steps.end(begun, outcome);
        return;
    }
    guard.lose_next_create();
    let first = stage.raw_cycle(steps, &client).await;
    if first.is_none() {
        steps.end(begun, Outcome::skipped("interrupted"));
        return;
    }
    if !guard.has_lost() {
        let observed = match first {
            Some(Ok(report)) => report.failures.first().map(ToString::to_string).unwrap_or_default(),
            Some(Err(error)) => error.to_string(),
            None => String::new(),
        };
        outcome.problems.push(Problem {
            requirements: LOST_ANSWER.requirements.iter().map(|&id| id.to_owned()).collect(),
            legal: LOST_ANSWER.legal.iter().map(|&legal| legal.to_owned()).collect(),
            ..Problem::new(Verdict::Blocked, "no answer could be lost, because the user was not created", observed)
        });
    }
    let Some(report) = stage.cycle(steps, &LOST_ANSWER, &client, &mut outcome).await else {
        steps.end(begun, Outcome::skipped("interrupted"));
        return;
    };
    outcome.reason = report.as_ref().map(summary);
    stage.finish(steps, &LOST_ANSWER, begun, &client, outcome).await;
}

async fn leavers(steps: &mut Steps<'_>, stage: &mut Stage, people: &InventedPeople) {
    stage.provisioner.options.remove_user_action = RemoveUserAction::Delete;
    stage.step(steps, &LEAVER_DELETE, &people.departed(2)).await;
    stage.provisioner.options.remove_user_action = RemoveUserAction::Disable;
    stage.step(steps, &LEAVER_DISABLE, &people.departed(1)).await;
}

/// Deletes what the run created. What was created without anybody learning its id is found by name: the names are known.
async fn clean_up(events: &Events, stage: &Stage, created: &CreatedResources) {
    let client = &stage.client;
    delete_created(created, client, events, 1).await;
    if !created.is_uncertain() {
        return;
    }
    let names: Vec<String> = stage.names().cloned().collect();
    match Observation::of_names(client, &names, &[]).await {
        Ok(found) => {
            for id in found.users.iter().map(id_of).filter(|id| !id.is_empty()) {
                let mut url = client.base_url().clone();
                if let Ok(mut segments) = url.path_segments_mut() {
                    segments.pop_if_empty().extend(["Users", id]);
                }
                delete(client, url, events).await;
            }
        }
        Err(error) => events.emit(&unnoticed(client, &error.to_string(), &names)),
    }
}

fn unnoticed(client: &Client, why: &str, names: &[String]) -> Event {
    Event::Leftover {
        url: format!("{}/Users", client.base_url()),
        reason: format!("a creation may have gone unnoticed ({why}); look for {}", names.join(", ")),
    }
}
