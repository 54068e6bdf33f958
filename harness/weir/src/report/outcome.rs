//! One view of checks and steps, for reports that tell of both in the same way.

use std::fmt::Write as _;
use std::time::Duration;

use scim::requirement;
use weir_catalog::checks;
use weir_judge::{Event, Known, Problem, Verdict};
use weir_judge::{dispute, level_of};

/// A finding or a step, done.
pub(super) struct Outcome<'a> {
    /// The check's id, or the client's and the step's with a slash between.
    pub id: String,
    pub title: &'a str,
    /// The check's topic, or the client.
    pub topic: &'a str,
    pub verdict: Verdict,
    pub reason: Option<&'a str>,
    /// The check that explains why this one is blocked.
    pub cause: Option<&'static str>,
    pub known: Option<&'a Known>,
    pub problems: &'a [Problem],
    pub exchanges: usize,
    pub elapsed: Duration,
}

impl<'a> Outcome<'a> {
    /// `None` for events that are neither finding nor step.
    pub fn of(event: &'a Event) -> Option<Self> {
        match event {
            Event::Finding(finding) => Some(Self {
                id: finding.check.to_owned(),
                title: finding.title,
                topic: finding.check.split_once('.').map_or(finding.check, |(topic, _)| topic),
                verdict: finding.verdict,
                reason: finding.reason.as_deref(),
                cause: finding.cause,
                known: finding.known.as_deref(),
                problems: &finding.problems,
                exchanges: finding.exchanges,
                elapsed: finding.elapsed,
            }),
            Event::Step(step) => Some(Self {
                id: format!("{}/{}", step.client, step.id),
                title: &step.title,
                topic: &step.client,
                verdict: step.verdict,
                reason: step.reason.as_deref(),
                cause: None,
                known: step.known.as_deref(),
                problems: &step.problems,
                exchanges: step.exchanges,
                elapsed: step.elapsed,
            }),
            _ => None,
        }
    }

    /// The first thing that is wrong, or the reason, in one sentence.
    pub fn message(&self) -> String {
        let first = self.problems.iter().max_by_key(|problem| problem.verdict).map(|problem| problem.message.as_str());
        let text = first.or(self.reason).unwrap_or(self.title);
        match self.cause {
            Some(cause) => format!("{text}, see {cause}"),
            None => text.to_owned(),
        }
    }

    /// Everything that is known about it, as plain text.
    pub fn details(&self) -> String {
        let mut text = String::new();
        // Writing to a string does not fail.
        if let Some(reason) = self.reason {
            let _ = writeln!(text, "{reason}");
        }
        if let Some(known) = self.known {
            let _ = writeln!(text, "known: {}", known.reason);
        }
        for problem in self.problems {
            text.push_str(&plain(problem));
        }
        text
    }

    /// The check that it is the outcome of; `None` for a step.
    pub fn check(&self) -> Option<&'static weir_catalog::Check> {
        checks::find(&self.id)
    }
}

/// A problem as plain text: the rule, what would have been right, what came, and how to repeat it.
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
        let _ = writeln!(text, "right: {legal}");
    }
    if !problem.observed.is_empty() {
        let _ = writeln!(text, "came: {}", problem.observed);
    }
    for difference in &problem.differences {
        let shown =
            |value: &Option<serde_json::Value>| value.as_ref().map_or_else(|| "nothing".into(), ToString::to_string);
        let (expected, found) = (shown(&difference.expected), shown(&difference.found));
        let _ = writeln!(text, "differs: {}: expected {expected}, found {found}", difference.path);
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
