//! A finding as plain text.

use std::fmt::Write as _;

use scim::requirement;
use weir_catalog::{Assertion, assertion};
use weir_judge::{Finding, Origin, Problem, dispute, level_of};

use super::legible::shown;

/// The gravest thing that is wrong, or the reason, in one sentence.
pub(super) fn message(finding: &Finding) -> String {
    let gravest = finding.gravest_problem().map(|problem| problem.message.as_str());
    let text = gravest.or(finding.reason.as_deref()).unwrap_or(&finding.title);
    match &finding.cause {
        Some(cause) => format!("{text}, see {cause}"),
        None => text.to_owned(),
    }
}

/// Everything that is known about it.
pub(super) fn details(finding: &Finding) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    if let Some(reason) = &finding.reason {
        let _ = writeln!(text, "{reason}");
    }
    if let Some(known) = &finding.known {
        let _ = writeln!(text, "known: {}", known.reason);
    }
    for problem in &finding.problems {
        text.push_str(&plain(problem));
    }
    text
}

/// The check or rule that it comes from.
pub(super) fn assertion_of(finding: &Finding) -> Option<Assertion> {
    match finding.origin {
        Origin::Check | Origin::Rule => assertion::find(&finding.id),
        Origin::Step { .. } => None,
    }
}

/// A problem as plain text: the rule, what was expected, what the endpoint answered, and how to repeat it.
fn plain(problem: &Problem) -> String {
    let mut text = format!("{}\n", problem.message);
    for id in &problem.requirements {
        let summary = requirement::find(id).map_or("", |requirement| requirement.summary);
        let _ = writeln!(text, "rule: {id} ({}): {summary}", level_of(id));
        if let Some(dispute) = dispute(id) {
            let _ = writeln!(text, "disputed: {}: {}", dispute.point, dispute.reading);
        }
    }
    for legal in &problem.legal {
        let _ = writeln!(text, "expected: {legal}");
    }
    if !problem.observed.is_empty() {
        let _ = writeln!(text, "got: {}", problem.observed);
    }
    for difference in &problem.differences {
        let (expected, found) = (shown(difference.expected.as_ref()), shown(difference.found.as_ref()));
        let _ = writeln!(text, "differs: {}: expected {expected}, got {found}", difference.path);
    }
    for exchange in &problem.exchanges {
        let _ = writeln!(
            text,
            "exchange: #{} {} {} -> {}",
            exchange.number,
            exchange.method,
            exchange.target(),
            exchange.status
        );
    }
    if let Some(last) = problem.exchanges.last() {
        let _ = writeln!(text, "repeat: {}", last.curl());
    }
    text
}
