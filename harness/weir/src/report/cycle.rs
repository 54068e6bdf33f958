//! How a provisioning cycle, or the plan of one, reads.

use std::fmt::{self, Write as _};

use clap::ValueEnum;
use serde_json::{Value, json};
use weir_exchange::legible::Legible;
use weir_provision::engine::report::{Counters, OptionRefusal, SHOWN};
use weir_provision::engine::{CycleReport, Failure, Plan, Refusal};
use weir_provision::ledger::Kind;

use super::markup::{self, row};
use crate::output::plural::plural;
use crate::output::{Printable, table};

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CycleFormat {
    /// for a person
    #[default]
    Text,
    /// a list of cycles for programs
    Json,
    /// Markdown for the summary of a job
    Markdown,
}

/// A cycle among others.
pub struct Title<'a> {
    pub number: usize,
    /// How many there will be, if that is known.
    pub total: Option<usize>,
    /// What was read, or the file of changes that came before it.
    pub source: &'a str,
    pub form: Form,
}

/// How much room a cycle takes in the report for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A table.
    Table,
    /// A line if nothing was to be done: there are cycles without end.
    Watch,
    /// A line: the cycle is about one event.
    Event,
}

/// The most failures that the text shows.
const MOST_FAILURES: usize = 20;

/// `cycle 2 of 3: joiner.ldif (0.1 s)`
fn heading(title: &Title<'_>, report: &CycleReport) -> String {
    let seconds = report.elapsed.as_secs_f64();
    if title.form == Form::Event {
        return format!("event {} ({seconds:.1} s)", Legible(title.source));
    }
    let of = title.total.map(|total| format!(" of {total}")).unwrap_or_default();
    format!("cycle {}{of}: {} ({seconds:.1} s)", title.number, Legible(title.source))
}

/// One cycle for a person.
pub fn text(title: &Title<'_>, report: &CycleReport) -> String {
    let mut out = heading(title, report);
    let is_quiet = report.users.impacted + report.groups.impacted == 0 && report.aborted.is_none();
    if title.form == Form::Event {
        let did: Vec<String> = actions(report).collect();
        let did = if did.is_empty() { "nothing was sent".to_owned() } else { did.join("; ") };
        let _ = writeln!(out, ": {did}");
        return out + &remarks(report);
    }
    if title.form == Form::Watch && is_quiet && report.warnings.is_empty() {
        let users = plural(report.users.unchanged, "user", "users");
        let groups = plural(report.groups.unchanged, "group", "groups");
        let _ = writeln!(out, ": {users} and {groups} unchanged");
        return out;
    }
    out.push('\n');
    let head = ["", "", "impacted", "success", "unsynced", "partially synced", "failed", "unchanged"];
    let row = |name: &str, counters: &Counters| {
        [
            String::new(),
            name.to_owned(),
            counters.impacted.to_string(),
            counters.success.to_string(),
            counters.unsynced.to_string(),
            counters.partially_synced.to_string(),
            counters.failed.to_string(),
            counters.unchanged.to_string(),
        ]
        .to_vec()
    };
    out += &table(&[head.map(str::to_owned).to_vec(), row("users", &report.users), row("groups", &report.groups)]);
    for actions in actions(report) {
        let _ = writeln!(out, "  {actions}");
    }
    out + &remarks(report)
}

/// What went wrong, and what the person who runs the channel should know.
fn remarks(report: &CycleReport) -> String {
    let mut out = String::new();
    for warning in warnings(report) {
        let _ = writeln!(out, "  warning: {}", Legible(warning));
    }
    for note in notes(report) {
        let _ = writeln!(out, "  note: {}", Legible(note));
    }
    for reuse in &report.reuses {
        let _ = writeln!(out, "  identity reused: {}", Legible(reuse));
    }
    for failure in report.failures.iter().take(MOST_FAILURES) {
        let _ = writeln!(out, "  failed: {}", Legible(failure));
        if let Some(exchange) = &failure.exchange {
            let _ = writeln!(out, "    repeat: {}", exchange.curl());
        }
    }
    if report.failures.len() > MOST_FAILURES {
        let more = report.failures.len() - MOST_FAILURES;
        let more = plural(more as u64, "more failure", "more failures");
        let _ = writeln!(out, "  and {more}; --format json shows all of them");
    }
    if let Some(aborted) = &report.aborted {
        let _ = writeln!(out, "  stopped: {}", Legible(aborted));
    }
    out
}

/// `users: created 3, updated 1`, a text for each kind to which something was done.
fn actions(report: &CycleReport) -> impl Iterator<Item = String> {
    [Kind::User, Kind::Group].into_iter().filter_map(|kind| {
        let actions: Vec<String> = report
            .actions
            .iter()
            .filter(|((own, _), _)| *own == kind)
            .map(|((_, action), count)| format!("{} {count}", action.as_str()))
            .collect();
        (!actions.is_empty()).then(|| format!("{}s: {}", kind.as_str(), actions.join(", ")))
    })
}

/// What an option kept from being done, and what else the person who runs the channel should know.
fn warnings(report: &CycleReport) -> impl Iterator<Item = String> {
    let refused = report.refusals.iter().map(|(refusal, refused)| {
        let sentence = match refusal {
            Refusal::ProvisionDisabledUsers => {
                plural(refused.count, "disabled user has", "disabled users have") + " no account"
            }
            _ => plural(refused.count, "user was", "users were") + " skipped",
        };
        format!("{sentence}, because {} is cleared: {}", refused.option, names(refused))
    });
    refused.chain(report.warnings.iter().cloned())
}

/// What the source holds and no account stands for, and on what an endpoint was trusted.
fn notes(report: &CycleReport) -> impl Iterator<Item = String> {
    let gap = &report.without_account;
    let without = (gap.members > 0).then(|| {
        let members = plural(gap.members, "member", "members");
        let groups = plural(gap.groups, "group has", "groups have");
        let verb = if gap.members == 1 {
            "has no account, and cannot be a member"
        } else {
            "have no account, and cannot be members"
        };
        let first = gap.first.clone().unwrap_or_default();
        if gap.groups == 1 {
            format!("{members} of the group {first} {verb} in the target")
        } else {
            format!("{groups} {members} without an account; the first is {first}")
        }
    });
    report.left_out.iter().cloned().chain(without).chain(trusted_empty(report))
}

fn trusted_empty(report: &CycleReport) -> Option<String> {
    if report.trusted_empty.is_empty() {
        return None;
    }
    let groups = listed(&report.trusted_empty, report.trusted_empty.len());
    Some(format!(
        "created because the group filter found nothing, so that an endpoint which answers every group filter with an \
         empty list may have them twice now: {groups}"
    ))
}

/// One cycle in Markdown, for the summary of a job. What entries and endpoints say stands where it cannot become markup.
pub fn markdown(title: &Title<'_>, report: &CycleReport) -> String {
    let mut out = format!("## {}\n\n", markup::text(&heading(title, report)));
    out += "| | impacted | success | unsynced | partially synced | failed | unchanged |\n| --- | --: | --: | --: | --: | --: | --: |\n";
    for (name, counters) in [("users", &report.users), ("groups", &report.groups)] {
        let Counters { impacted, success, unsynced, partially_synced, failed, unchanged } = counters;
        let _ = writeln!(
            out,
            "| {name} | {impacted} | {success} | {unsynced} | {partially_synced} | {failed} | {unchanged} |"
        );
    }
    out.push('\n');
    for line in actions(report) {
        let _ = writeln!(out, "- {line}");
    }
    for line in warnings(report) {
        let _ = writeln!(out, "- warning: {}", markup::text(&line));
    }
    for note in notes(report) {
        let _ = writeln!(out, "- note: {}", markup::text(&note));
    }
    for reuse in &report.reuses {
        let _ = writeln!(out, "- identity reused: {}", markup::text(&reuse.to_string()));
    }
    if let Some(aborted) = &report.aborted {
        let _ = writeln!(out, "- stopped: {}", markup::text(&aborted.to_string()));
    }
    if !report.failures.is_empty() {
        out += "\n| failed | entry | field | why |\n| --- | --- | --- | --- |\n";
        for failure in report.failures.iter().take(MOST_FAILURES) {
            let field = failure.field.as_deref().unwrap_or_default();
            out += &row([failure.kind.as_str(), &failure.dn, field, &failure.message]);
        }
        if report.failures.len() > MOST_FAILURES {
            let _ = writeln!(out, "\nand {} more", report.failures.len() - MOST_FAILURES);
        }
    }
    out.push('\n');
    out
}

fn names(refused: &OptionRefusal) -> String {
    listed(&refused.first, usize::try_from(refused.count).unwrap_or(usize::MAX))
}

fn listed(names: &[String], total: usize) -> String {
    let shown = names.len().min(SHOWN);
    let mut text = names[..shown].join("; ");
    if total > shown {
        let _ = write!(text, "; and {} more", total - shown);
    }
    text
}

/// One cycle for a program.
pub fn json(title: &Title<'_>, report: &CycleReport) -> Value {
    let counters = |counters: &Counters| {
        json!({
            "impacted": counters.impacted,
            "success": counters.success,
            "unsynced": counters.unsynced,
            "partiallySynced": counters.partially_synced,
            "failed": counters.failed,
            "unchanged": counters.unchanged,
        })
    };
    json!({
        "cycle": title.number,
        "file": title.source,
        "users": counters(&report.users),
        "groups": counters(&report.groups),
        "actions": report.actions.iter().map(|((kind, action), count)| json!({
            "kind": kind.as_str(), "action": action.as_str(), "count": count,
        })).collect::<Vec<_>>(),
        "skipped": report.refusals.values().map(|refused| json!({
            "option": refused.option, "count": refused.count, "first": refused.first,
        })).collect::<Vec<_>>(),
        "warnings": report.warnings,
        "leftOut": report.left_out,
        "membersWithoutAccount": report.without_account.members,
        "identitiesReused": report.reuses.iter().map(|reuse| json!({
            "account": reuse.account, "userName": reuse.user_name, "entry": reuse.dn, "guid": reuse.guid,
            "formerGuid": reuse.former_guid, "memberships": reuse.memberships,
        })).collect::<Vec<_>>(),
        "createdOnEmptyFilterResult": report.trusted_empty,
        "failures": report.failures.iter().map(failure).collect::<Vec<_>>(),
        "stopped": report.aborted.as_ref().map(ToString::to_string),
        "elapsedMs": u64::try_from(report.elapsed.as_millis()).unwrap_or(u64::MAX),
    })
}

fn failure(failure: &Failure) -> Value {
    json!({
        "kind": failure.kind.as_str(),
        "entry": failure.dn,
        "identifier": failure.identifier,
        "field": failure.field,
        "message": failure.message,
        "repeat": failure.exchange.as_ref().map(|exchange| exchange.curl()),
    })
}

/// What a cycle would do.
pub fn plan(plan: &Plan, pace: &PlannedPace, format: CycleFormat) -> Printable {
    if format == CycleFormat::Json {
        return Printable::json(json!({
            "operations": plan.operations.iter().map(|one| json!({
                "kind": one.kind.as_str(), "entry": one.dn, "identifier": one.identifier, "operation": one.operation,
            })).collect::<Vec<_>>(),
            "unchanged": plan.unchanged,
            "skipped": plan.refused.iter().map(|(option, entry)| json!({
                "option": option, "entry": entry,
            })).collect::<Vec<_>>(),
            "warnings": plan.warnings,
            "leftOut": plan.left_out,
            "stopped": plan.held.as_ref().map(ToString::to_string),
            "failures": plan.failures.iter().map(failure).collect::<Vec<_>>(),
            "requests": pace.requests,
            "leastSeconds": pace.least.as_ref().map(|(seconds, _)| seconds),
        }));
    }
    if format == CycleFormat::Markdown {
        return plan_markdown(plan, pace).into();
    }
    let rows: Vec<Vec<String>> = plan
        .operations
        .iter()
        .map(|one| vec![one.kind.as_str().to_owned(), one.identifier.clone(), one.operation.clone()])
        .chain(plan.refused.iter().map(|(option, entry)| {
            vec!["user".to_owned(), entry.clone(), format!("skip, because {option} is cleared")]
        }))
        .collect();
    let mut out = table(&rows);
    for warning in &plan.warnings {
        let _ = writeln!(out, "warning: {}", Legible(warning));
    }
    for note in &plan.left_out {
        let _ = writeln!(out, "note: {}", Legible(note));
    }
    for failure in &plan.failures {
        let _ = writeln!(out, "would fail: {}", Legible(failure));
    }
    if let Some(held) = &plan.held {
        let _ = writeln!(out, "would stop: {}", Legible(held));
    }
    let _ = writeln!(out, "{}\n{pace}", plan_totals(plan));
    out.into()
}

/// How long a planned cycle takes.
#[derive(Clone, Debug)]
pub struct PlannedPace {
    pub people: usize,
    pub requests: usize,
    /// The shortest time in seconds, and what sets it.
    pub least: Option<(u64, String)>,
}

impl fmt::Display for PlannedPace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (people, requests) =
            (plural(self.people as u64, "person", "people"), plural(self.requests as u64, "request", "requests"));
        write!(f, "a cycle of {people} takes about {requests}")?;
        let Some((seconds, limits)) = &self.least else { return Ok(()) };
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, " and at least {hours} h {minutes} min {seconds} s {}", Legible(limits))
    }
}

fn plan_totals(plan: &Plan) -> String {
    format!(
        "{}, {} skipped, {} unchanged, {} would fail; nothing was sent",
        plural(plan.operations.len() as u64, "operation", "operations"),
        plan.refused.len(),
        plan.unchanged,
        plan.failures.len()
    )
}

fn plan_markdown(plan: &Plan, pace: &PlannedPace) -> String {
    let mut out = "| kind | entry | operation |\n| --- | --- | --- |\n".to_owned();
    for one in &plan.operations {
        out += &row([one.kind.as_str(), &one.identifier, &one.operation]);
    }
    for (option, entry) in &plan.refused {
        out += &row(["user", entry, &format!("skip, because {option} is cleared")]);
    }
    out.push('\n');
    for warning in &plan.warnings {
        let _ = writeln!(out, "- warning: {}", markup::text(warning));
    }
    for note in &plan.left_out {
        let _ = writeln!(out, "- note: {}", markup::text(note));
    }
    for failure in &plan.failures {
        let _ = writeln!(out, "- would fail: {}", markup::text(&failure.to_string()));
    }
    if let Some(held) = &plan.held {
        let _ = writeln!(out, "- would stop: {}", markup::text(&held.to_string()));
    }
    let _ = writeln!(out, "- {}\n- {}", plan_totals(plan), markup::text(&pace.to_string()));
    out
}
