//! Steps: what each is called and shows, and how its outcome becomes an event.

use std::time::Instant;

use tokio::sync::watch;
use weir_exchange::{Client, Evidence, Recording};
use weir_judge::{Event, Events, Finding, Origin, Problem, Verdict, shortened};

/// What a step is about, the same in every run.
#[derive(Clone, Copy, Debug)]
pub struct StepSpec {
    /// As reports and baselines have it, such as `leaver.disable`.
    pub id: &'static str,
    /// One sentence: what it shows.
    pub title: &'static str,
    /// What is broken when the outcome is not as it must be.
    pub requirements: &'static [&'static str],
    /// Every right outcome.
    pub legal: &'static [&'static str],
}

/// A step that has begun.
pub(super) struct OpenStep {
    id: String,
    title: String,
    started: Instant,
    recording: Recording,
    evidence: Evidence,
}

/// What a step came to.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub problems: Vec<Problem>,
    /// What is worth knowing, or why the step was skipped.
    pub reason: Option<String>,
    pub is_skipped: bool,
}

impl Outcome {
    /// Skipped for a reason.
    pub(super) fn skipped(reason: impl Into<String>) -> Self {
        Self { problems: Vec::new(), reason: Some(reason.into()), is_skipped: true }
    }

    fn verdict(&self) -> Verdict {
        let idle = if self.is_skipped { Verdict::Skip } else { Verdict::Pass };
        self.problems.iter().map(|problem| problem.verdict).max().unwrap_or(idle)
    }
}

/// Emits steps.
pub(super) struct Steps<'a> {
    events: &'a Events,
    client: String,
    interrupted: watch::Receiver<bool>,
    /// Why the steps that follow cannot be judged.
    blocked: Option<String>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(events: &'a Events, client: &str, interrupted: watch::Receiver<bool>) -> Self {
        Self { events, client: client.to_owned(), interrupted, blocked: None }
    }

    /// Whether the run was asked to end.
    pub(super) fn is_interrupted(&self) -> bool {
        *self.interrupted.borrow()
    }

    /// Resolves when the run is asked to end.
    pub(super) fn interruption(&self) -> watch::Receiver<bool> {
        self.interrupted.clone()
    }

    /// Begins a step, unless the run is over; the client that comes back records what it exchanges.
    pub(super) fn begin(&self, spec: &StepSpec, client: &Client) -> Option<(OpenStep, Client)> {
        self.begin_as(spec.id, spec.title, client)
    }

    /// As [`Self::begin`], for a step whose id is only known at run time.
    pub(super) fn begin_as(&self, id: &str, title: &str, client: &Client) -> Option<(OpenStep, Client)> {
        if self.is_interrupted() {
            return None;
        }
        let (id, title) = (id.to_owned(), title.to_owned());
        self.events.emit(&Event::StepStarted { id: id.clone(), title: title.clone(), client: self.client.clone() });
        let (client, recording) = client.recorded();
        let begun = OpenStep { id, title, started: Instant::now(), recording, evidence: client.evidence().clone() };
        if let Some(reason) = &self.blocked {
            self.emit(begun, Verdict::Blocked, Some(reason.clone()), Vec::new());
            return None;
        }
        Some((begun, client))
    }

    /// Ends a step; one that did not come off for want of an answer blocks those that follow.
    pub(super) fn end(&mut self, begun: OpenStep, outcome: Outcome) -> Verdict {
        let verdict = outcome.verdict();
        if verdict == Verdict::Blocked {
            self.blocked = Some(format!("blocked since step {}", begun.id));
        }
        self.emit(begun, verdict, outcome.reason, outcome.problems);
        verdict
    }

    /// The steps that follow cannot be judged.
    pub(super) fn block(&mut self, reason: impl Into<String>) {
        self.blocked.get_or_insert(reason.into());
    }

    fn emit(&self, begun: OpenStep, verdict: Verdict, reason: Option<String>, problems: Vec<Problem>) {
        let problems = problems.into_iter().map(|problem| problem.kept(&begun.evidence)).collect();
        let origin = Origin::Step { client: self.client.clone() };
        let finding = Finding {
            verdict,
            reason: reason.map(shortened),
            problems,
            exchanges: begun.recording.len(),
            elapsed: begun.started.elapsed(),
            ..Finding::new(origin, begun.id, begun.title)
        };
        self.events.emit(&Event::Finding(std::sync::Arc::new(finding)));
    }
}
