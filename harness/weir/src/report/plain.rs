//! A finding as plain text.

use std::fmt::Write as _;
use std::sync::Arc;

use scim::requirement;
use weir_catalog::{Assertion, assertion};
use weir_exchange::Exchange;
use weir_judge::{Finding, Origin, Problem, dispute, level_of};

use super::cause::{Detail, FULL_PROBLEMS};
use super::legible::shown;
use super::repeat::Repetition;

/// The gravest thing that is wrong, or the reason, in one sentence.
pub(super) fn message(finding: &Finding) -> String {
    let gravest = finding.gravest_problem().map(|problem| problem.message.as_str());
    let text = gravest.or(finding.reason.as_deref()).unwrap_or(&finding.title);
    match &finding.cause {
        Some(cause) => format!("{text}, see {cause}"),
        None => text.to_owned(),
    }
}

/// What a report says of each finding: everything, or no more than what went wrong.
#[derive(Default)]
pub(super) struct FindingTexts {
    pub(super) detail: Detail,
    pub(super) repetition: Repetition,
}

impl FindingTexts {
    /// Everything that is known about it; of one that shows the same as others of its cause, what went wrong.
    pub(super) fn details(&self, finding: &Finding) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        if let Some(reason) = &finding.reason {
            let _ = writeln!(text, "{reason}");
        }
        if let Some(known) = &finding.known {
            let _ = writeln!(text, "known: {}", known.reason);
        }
        if !self.detail.is_full(finding) {
            self.write_brief(&mut text, finding);
            return text;
        }
        for problem in finding.problems.iter().take(FULL_PROBLEMS) {
            self.write(&mut text, problem);
        }
        for problem in finding.problems.iter().skip(FULL_PROBLEMS) {
            let _ = writeln!(text, "{}", problem.message);
        }
        if let Some(command) = self.repetition.of_finding(finding).filter(|_| !finding.problems.is_empty()) {
            let _ = writeln!(text, "repeat: {command}");
        }
        text
    }

    fn write_brief(&self, text: &mut String, finding: &Finding) {
        for problem in &finding.problems {
            let _ = writeln!(text, "{}", problem.message);
        }
        if let Some(lead) = self.detail.lead(finding) {
            let _ = writeln!(text, "evidence: the same as {lead} shows");
        }
    }

    /// A problem as plain text: the rule, what was expected, what the endpoint answered, and how to repeat it.
    fn write(&self, text: &mut String, problem: &Problem) {
        let _ = writeln!(text, "{}", problem.message);
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
        for (label, exchange) in shown_exchanges(problem) {
            let _ = writeln!(
                text,
                "{label}: #{} {} {} -> {}",
                exchange.number,
                exchange.method,
                exchange.target(),
                exchange.status
            );
        }
        for (label, line) in self.repetition.of_problem(problem) {
            let _ = writeln!(text, "{label}: {line}");
        }
    }
}

/// The exchanges of a problem with the word in front of each.
pub(super) fn shown_exchanges(problem: &Problem) -> impl Iterator<Item = (&'static str, &Arc<Exchange>)> {
    let own = problem.exchanges.iter().map(|exchange| ("exchange", exchange));
    own.chain(problem.others.iter().map(|exchange| ("also", exchange)))
}

/// The check or rule that it comes from.
pub(super) fn assertion_of(finding: &Finding) -> Option<Assertion> {
    match finding.origin {
        Origin::Check | Origin::Rule => assertion::find(&finding.id),
        Origin::Step { .. } => None,
    }
}
