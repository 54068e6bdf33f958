//! The lines that show a finding again. Each works as it is copied, and what one creates, another deletes.

use std::sync::Arc;

use weir_exchange::Exchange;
use weir_judge::{Event, Finding, Origin, Problem};

use crate::output::word::quoted;

/// Writes the id of what was created to the shell's `$id`, and the answer to standard error.
const ID_OF_ANSWER: &str = r#"tee /dev/stderr | sed -n 's/.*"id" *: *"\([^"]*\)".*/\1/p' | head -n 1"#;

/// The URLs that hold no resource of the run, whoever asks.
const DISCOVERY: [&str; 3] = ["Schemas", "ResourceTypes", "ServiceProviderConfig"];
/// The URLs that are asked with POST and are no collection.
const OPERATIONS: [&str; 2] = [".search", "Bulk"];
/// The members of a body that name another resource.
const REFERENCES: [&str; 3] = ["\"members\"", "\"manager\"", "\"$ref\""];

/// How the findings of a run are shown again.
#[derive(Clone, Default)]
pub(super) struct Repetition {
    /// The command of the run.
    pub(super) command: String,
    /// The same without a selection, to which one can be added.
    pub(super) base: String,
    seed: u64,
    /// The endpoint ends with the run.
    is_embedded: bool,
    /// What the checks created stays.
    pub(super) keeps: bool,
}

/// A line with the word in front of it.
pub(super) type LabelledLine = (&'static str, String);

impl Repetition {
    /// That of a run; an empty one for another event than its beginning.
    pub(super) fn of_run(started: &Event) -> Self {
        let Event::RunStarted { command, base_command, seed, target, keeps, .. } = started else {
            return Self::default();
        };
        Self {
            command: command.clone(),
            base: base_command.clone(),
            seed: *seed,
            is_embedded: target.is_some(),
            keeps: *keeps,
        }
    }

    /// The command that deletes by its names what the run has left at `url`.
    pub(super) fn cleaning(&self, url: &str) -> String {
        format!("weir clean {} --run-seed {}", quoted(url), self.seed)
    }

    /// The lines that send the requests of a problem again; empty if what they are about is gone when the run ends.
    pub(super) fn of_problem(&self, problem: &Problem) -> Vec<LabelledLine> {
        let Some((last, earlier)) = problem.exchanges.split_last() else { return Vec::new() };
        if self.is_embedded || !(self.keeps || is_repeatable(problem)) {
            return Vec::new();
        }
        // The resource that an earlier POST created is kept; what was changed since is changed again.
        let is_change = |exchange: &&Arc<Exchange>| !matches!(exchange.method.as_str(), "GET" | "HEAD" | "POST");
        let changes = earlier.iter().filter(is_change).filter(|_| last.method == "GET");
        changes.chain([last]).flat_map(|exchange| lines_of(exchange)).collect()
    }

    /// The command that shows the finding again, where the lines of a problem do not.
    pub(super) fn of_finding(&self, finding: &Finding) -> Option<String> {
        if self.base.is_empty() || finding.problems.iter().all(|problem| !self.of_problem(problem).is_empty()) {
            return None;
        }
        let only = quoted(&finding.short_name());
        Some(match finding.origin {
            Origin::Step { .. } => self.command.clone(),
            // A rule judges what all checks send; that many resources are not kept.
            Origin::Check if !self.is_embedded && !self.keeps => {
                // An endpoint may remember the names that it has deleted, and those of the run are taken by its seed.
                let own = format!(" --seed {}", self.seed);
                let base = self.base.strip_suffix(&own).unwrap_or(&self.base);
                format!("{base} --only {only} --keep --seed {}", self.seed.wrapping_add(1))
            }
            Origin::Check | Origin::Rule => format!("{} --only {only}", self.base),
        })
    }

    /// The lines for the gravest problem of a finding, or the command in their place.
    pub(super) fn shortest(&self, finding: &Finding) -> Vec<String> {
        let lines = finding.gravest_problem().map(|problem| self.of_problem(problem)).unwrap_or_default();
        if lines.is_empty() {
            return self.of_finding(finding).into_iter().collect();
        }
        lines.into_iter().map(|(_, line)| line).collect()
    }
}

/// Whether the request of a problem needs nothing that the run has created.
fn is_repeatable(problem: &Problem) -> bool {
    let [exchange] = problem.exchanges.as_slice() else { return false };
    let last = last_segment(exchange);
    let is_named = last.chars().all(|character| character.is_ascii_alphabetic());
    let is_discovery = exchange.url.path_segments().is_some_and(|mut all| all.any(|one| DISCOVERY.contains(&one)));
    let refers = || {
        let body = exchange.request_text();
        REFERENCES.iter().any(|member| body.contains(member))
    };
    match exchange.method.as_str() {
        _ if is_discovery => true,
        "GET" => is_named && exchange.status >= 400,
        "POST" => is_named && !OPERATIONS.contains(&last) && !refers(),
        _ => false,
    }
}

fn last_segment(exchange: &Exchange) -> &str {
    exchange.url.path_segments().and_then(|mut segments| segments.next_back()).unwrap_or_default()
}

/// The line that sends the request again. One that creates keeps the id, and a second line deletes what was created.
fn lines_of(exchange: &Exchange) -> Vec<LabelledLine> {
    let curl = exchange.curl();
    let is_creation =
        exchange.method == "POST" && exchange.is_success() && !OPERATIONS.contains(&last_segment(exchange));
    if !is_creation {
        return vec![("repeat", curl)];
    }
    vec![("repeat", format!("id=$({curl} | {ID_OF_ANSWER})")), ("delete", exchange.curl_deleting_id())]
}
