//! How a provisioning cycle, or the plan of one, reads.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::output::table;
use super::provision::CycleFormat;
use crate::provision::engine::report::{Counters, Refused, SHOWN};
use crate::provision::engine::{CycleReport, Failure, Plan, Refusal};
use crate::provision::ledger::Kind;

/// The most failures that the text shows.
const MOST_FAILURES: usize = 20;

/// One cycle for a person.
pub(super) fn text(title: &str, report: &CycleReport) -> String {
    let mut out = format!("{title} ({:.1} s)\n", report.elapsed.as_secs_f64());
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
    for kind in [Kind::User, Kind::Group] {
        let actions: Vec<String> = report
            .actions
            .iter()
            .filter(|((own, _), _)| *own == kind)
            .map(|((_, action), count)| format!("{} {count}", action.as_str()))
            .collect();
        if !actions.is_empty() {
            let _ = writeln!(out, "  {}s: {}", kind.as_str(), actions.join(", "));
        }
    }
    for (refusal, refused) in &report.refusals {
        let sentence = match refusal {
            Refusal::ProvisionDisabledUsers => {
                plural(refused.count, "disabled user has", "disabled users have") + " no account"
            }
            _ => plural(refused.count, "user was", "users were") + " skipped",
        };
        let _ = writeln!(out, "  warning: {sentence}, because {} is cleared: {}", refusal.option(), names(refused));
    }
    for warning in &report.warnings {
        let _ = writeln!(out, "  warning: {warning}");
    }
    if !report.trusted_empty.is_empty() {
        let groups = listed(&report.trusted_empty, report.trusted_empty.len());
        let _ = writeln!(
            out,
            "  note: created because the group filter found nothing, so that an endpoint which answers every group \
             filter with an empty list may have them twice now: {groups}"
        );
    }
    for failure in report.failures.iter().take(MOST_FAILURES) {
        let _ = writeln!(out, "  failed: {failure}");
        if let Some(exchange) = &failure.exchange {
            let _ = writeln!(out, "    repeat: {}", exchange.curl());
        }
    }
    if report.failures.len() > MOST_FAILURES {
        let more = report.failures.len() - MOST_FAILURES;
        let _ = writeln!(out, "  and {more} more failures; --format json shows all of them");
    }
    if let Some(aborted) = &report.aborted {
        let _ = writeln!(out, "  stopped: {aborted}");
    }
    out
}

fn plural(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn names(refused: &Refused) -> String {
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
pub(super) fn json(number: usize, file: &Path, report: &CycleReport) -> Value {
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
        "cycle": number,
        "file": file.display().to_string(),
        "users": counters(&report.users),
        "groups": counters(&report.groups),
        "actions": report.actions.iter().map(|((kind, action), count)| json!({
            "kind": kind.as_str(), "action": action.as_str(), "count": count,
        })).collect::<Vec<_>>(),
        "skipped": report.refusals.iter().map(|(refusal, refused)| json!({
            "option": refusal.option(), "count": refused.count, "first": refused.first,
        })).collect::<Vec<_>>(),
        "warnings": report.warnings,
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
pub(super) fn plan(plan: &Plan, format: CycleFormat) -> String {
    if format == CycleFormat::Json {
        let document = json!({
            "operations": plan.operations.iter().map(|one| json!({
                "kind": one.kind.as_str(), "entry": one.dn, "identifier": one.identifier, "operation": one.operation,
            })).collect::<Vec<_>>(),
            "unchanged": plan.unchanged,
            "skipped": plan.refused.iter().map(|(refusal, entry)| json!({
                "option": refusal.option(), "entry": entry,
            })).collect::<Vec<_>>(),
            "warnings": plan.warnings,
            "failures": plan.failures.iter().map(failure).collect::<Vec<_>>(),
        });
        return format!("{document:#}\n");
    }
    let rows: Vec<Vec<String>> = plan
        .operations
        .iter()
        .map(|one| vec![one.kind.as_str().to_owned(), one.identifier.clone(), one.operation.clone()])
        .chain(plan.refused.iter().map(|(refusal, entry)| {
            vec!["user".to_owned(), entry.clone(), format!("skip, because {} is cleared", refusal.option())]
        }))
        .collect();
    let mut out = table(&rows);
    for warning in &plan.warnings {
        let _ = writeln!(out, "warning: {warning}");
    }
    for failure in &plan.failures {
        let _ = writeln!(out, "would fail: {failure}");
    }
    let _ = writeln!(
        out,
        "{} operations, {} skipped, {} unchanged, {} would fail; nothing was sent",
        plan.operations.len(),
        plan.refused.len(),
        plan.unchanged,
        plan.failures.len()
    );
    out
}
