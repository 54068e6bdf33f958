//! A finding: one verdict with its evidence, whatever it comes from.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use crate::because::Because;
use crate::problem::Problem;
use crate::verdict::Verdict;
use crate::weight::Weight;

/// Where a finding comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A check of the catalogue.
    Check,
    /// A rule, which judges whatever passes by.
    Rule,
    /// A step of a client's lifecycle.
    Step {
        /// Id of the client, such as `pingfederate-aquera`.
        client: String,
    },
}

/// One verdict with its evidence.
#[derive(Clone, Debug)]
pub struct Finding {
    pub origin: Origin,
    /// Id of the check or rule, or of the step such as `joiner`; unique within its origin.
    pub id: Cow<'static, str>,
    /// The resource type that a check was run on, if it runs on each.
    pub subject: Option<String>,
    pub title: Cow<'static, str>,
    pub verdict: Verdict,
    /// Why it was skipped or blocked, or what is worth noting about a pass.
    pub reason: Option<String>,
    /// What kind of reason it is.
    pub because: Option<Because>,
    /// The full name of the check whose own finding explains why this one is blocked.
    pub cause: Option<String>,
    pub problems: Vec<Problem>,
    /// How many requests it took; for a rule, how many exchanges it judged.
    pub exchanges: usize,
    pub elapsed: Duration,
    /// What the baseline says about it, if it is known; the event stream fills it in.
    pub known: Option<Arc<BaselineNote>>,
    /// The verdict of each round, if the run was repeated.
    pub rounds: Vec<Verdict>,
}

impl Finding {
    /// A finding about which nothing is known yet: it passes.
    pub fn new(origin: Origin, id: impl Into<Cow<'static, str>>, title: impl Into<Cow<'static, str>>) -> Self {
        Self {
            origin,
            id: id.into(),
            subject: None,
            title: title.into(),
            verdict: Verdict::Pass,
            reason: None,
            because: None,
            cause: None,
            problems: Vec::new(),
            exchanges: 0,
            elapsed: Duration::ZERO,
            known: None,
            rounds: Vec::new(),
        }
    }

    /// The check's full name, `id` or `id[Subject]`, or the client's and the step's with a slash between: unique within a run.
    pub fn name(&self) -> Cow<'_, str> {
        match &self.origin {
            Origin::Check | Origin::Rule => match &self.subject {
                Some(subject) => Cow::Owned(full_name(&self.id, subject)),
                None => Cow::Borrowed(&self.id),
            },
            Origin::Step { client } => Cow::Owned(format!("{client}/{}", self.id)),
        }
    }

    /// The name without the client: the check's full name, or the step's id.
    pub fn short_name(&self) -> Cow<'_, str> {
        match &self.origin {
            Origin::Check | Origin::Rule => self.name(),
            Origin::Step { .. } => Cow::Borrowed(&self.id),
        }
    }

    /// The topic of the check or rule, or the client.
    pub fn topic(&self) -> &str {
        match &self.origin {
            Origin::Check | Origin::Rule => self.id.split_once('.').map_or(&self.id, |(topic, _)| topic),
            Origin::Step { client } => client,
        }
    }

    /// The first of its gravest problems: later ones are often its consequence.
    pub fn gravest_problem(&self) -> Option<&Problem> {
        self.problems.iter().rev().max_by_key(|problem| problem.verdict)
    }

    /// The title as it reads behind the verdict: it says what is right, so one that does not hold is introduced by a word.
    pub fn titled(&self) -> Cow<'_, str> {
        match self.verdict {
            Verdict::Fail | Verdict::Warn => Cow::Owned(format!("should: {}", self.title)),
            _ => Cow::Borrowed(&self.title),
        }
    }

    /// Its place among the findings of a run: the gravest first, and of these what most clients need.
    pub fn rank(&self) -> (Reverse<Verdict>, Weight) {
        (Reverse(self.verdict), self.weight())
    }

    /// How many clients need what it is about; every client needs the steps of a lifecycle.
    pub fn weight(&self) -> Weight {
        if matches!(self.origin, Origin::Step { .. }) { Weight::EveryClient } else { Weight::of(&self.id) }
    }

    /// Whether both are about the same thing, in different rounds of a run.
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.id == other.id && self.subject == other.subject && self.origin == other.origin
    }

    /// Whether there is more to say than that all is well or nothing was done.
    pub fn is_worth_reading(&self) -> bool {
        !self.problems.is_empty() || self.verdict > Verdict::Skip
    }
}

/// The name of the check `id` as it is run on the resource type `subject`.
pub fn full_name(id: &str, subject: &str) -> String {
    format!("{id}[{subject}]")
}

/// Divides a full name into the id and the subject, if it has one.
pub fn parts_of_name(name: &str) -> (&str, Option<&str>) {
    match name.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((id, subject)) => (id, Some(subject)),
        None => (name, None),
    }
}

/// What the baseline says about a finding that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaselineNote {
    pub reason: String,
    /// Where it is followed up.
    pub link: Option<String>,
    /// The last day on which it is accepted, such as `2030-12-31`.
    pub expires: Option<String>,
}

/// An entry of the baseline that has served its time, or a finding that it could not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutdatedEntry {
    /// The check, or the step with its client.
    pub entry: String,
    /// One sentence.
    pub reason: String,
    /// What does not fail the run: without it, the entry does.
    pub news: Option<EntryNews>,
}

/// What a baseline and a run say together that does not fail the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryNews {
    /// The finding of the entry is mended.
    Mended,
    /// The finding was hidden when the baseline was written, by what is mended now.
    Revealed,
}
