//! The one stream of events of a run. The engine never prints: reports are consumers of these events.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use weir_exchange::Exchange;
use weir_exchange::difference::Difference;

use crate::Offer;

/// What became of a check or a step, from harmless to grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Everything is as it must be.
    Pass,
    /// Not offered by the endpoint, or not asked for; the reason is given.
    Skip,
    /// Worth knowing: a disputed reading, an optional behaviour, something that the target declares.
    Note,
    /// A recommendation (SHOULD) is not followed.
    Warn,
    /// Could not be judged, because something before it went wrong.
    Blocked,
    /// An absolute requirement (MUST, SHALL, REQUIRED) is broken.
    Fail,
    /// The harness itself is at fault.
    Error,
}

impl Verdict {
    /// Every verdict, from harmless to grave.
    pub const ALL: [Self; 7] = [Self::Pass, Self::Skip, Self::Note, Self::Warn, Self::Blocked, Self::Fail, Self::Error];

    /// The word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Blocked => "blocked",
            Self::Fail => "fail",
            Self::Error => "error",
        }
    }
}

/// One thing that is wrong, with its evidence.
#[derive(Clone, Debug)]
pub struct Problem {
    /// How grave it is; the verdict of a finding is that of its gravest problem.
    pub verdict: Verdict,
    /// One sentence.
    pub message: String,
    /// Ids of `fixtures/requirements.tsv`.
    pub requirements: Vec<String>,
    /// Every outcome that would have been right.
    pub legal: Vec<String>,
    /// What came instead.
    pub observed: String,
    /// The exchanges that show it, the deciding one last.
    pub exchanges: Vec<Arc<Exchange>>,
    pub differences: Vec<Difference>,
}

/// What the baseline says about a finding that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub reason: String,
    /// Where it is followed up.
    pub link: Option<String>,
    /// The last day on which it is accepted, such as `2030-12-31`.
    pub expires: Option<String>,
}

/// An entry of the baseline that has served its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outdated {
    /// The check, or the step with its client.
    pub entry: String,
    /// One sentence.
    pub reason: String,
}

/// The verdict of one check with its evidence.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Id of the check.
    pub check: &'static str,
    pub title: &'static str,
    pub verdict: Verdict,
    /// Why it was skipped or blocked, or what is worth noting about a pass.
    pub reason: Option<String>,
    /// The check whose own finding explains why this one is blocked.
    pub cause: Option<&'static str>,
    pub problems: Vec<Problem>,
    /// How many requests it took.
    pub exchanges: usize,
    pub elapsed: Duration,
    /// What the baseline says about it, if it is known; the event stream fills it in.
    pub known: Option<Arc<Known>>,
    /// The verdict of each round, if the run was repeated.
    pub rounds: Vec<Verdict>,
}

/// One step of a client's lifecycle, done.
#[derive(Clone, Debug)]
pub struct Step {
    /// Such as `joiner`; unique within the client.
    pub id: String,
    pub title: String,
    /// Id of the client, such as `pingfederate-aquera`.
    pub client: String,
    pub verdict: Verdict,
    /// Why it was skipped or blocked, or what is worth noting about a pass.
    pub reason: Option<String>,
    pub problems: Vec<Problem>,
    /// How many requests it took.
    pub exchanges: usize,
    pub elapsed: Duration,
    /// What the baseline says about it, if it is known; the event stream fills it in.
    pub known: Option<Arc<Known>>,
    /// The verdict of each round, if the run was repeated.
    pub rounds: Vec<Verdict>,
}

/// The totals of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Checks by verdict, in the order of [`Verdict::ALL`].
    pub checks: [usize; 7],
    /// Steps by verdict, in the order of [`Verdict::ALL`].
    pub steps: [usize; 7],
    /// Those of both that the baseline covers, by verdict.
    pub known: [usize; 7],
    /// Entries of the baseline that have served their time.
    pub outdated: usize,
    pub exchanges: u64,
    pub elapsed: Duration,
    /// What the run created and could not delete.
    pub leftovers: usize,
    /// True if the run was cut off, for example by Ctrl-C.
    pub interrupted: bool,
}

impl Summary {
    /// Counts one verdict in.
    pub fn count(tally: &mut [usize; 7], verdict: Verdict) {
        tally[verdict as usize] += 1;
    }

    /// How many checks and steps ended with `verdict`.
    pub const fn total(&self, verdict: Verdict) -> usize {
        self.checks[verdict as usize] + self.steps[verdict as usize]
    }

    /// How many of them the baseline does not cover.
    pub const fn fresh(&self, verdict: Verdict) -> usize {
        self.total(verdict).saturating_sub(self.known[verdict as usize])
    }
}

/// One event of a run.
#[derive(Clone, Debug)]
pub enum Event {
    RunStarted {
        /// The command that repeats the run, without secrets.
        command: String,
        seed: u64,
        url: String,
        /// The embedded target, if the endpoint is our own.
        target: Option<String>,
    },
    Discovered {
        offers: Vec<Offer>,
        /// What was odd about the discovery answers, one sentence each.
        remarks: Vec<String>,
    },
    Planned {
        run: usize,
        skipped: usize,
    },
    CheckStarted {
        check: &'static str,
    },
    Finding(Arc<Finding>),
    StepStarted {
        id: String,
        title: String,
        client: String,
    },
    Step(Arc<Step>),
    /// An exchange has ended, whoever had it; only emitted where a report wants all of them.
    Exchange(Arc<Exchange>),
    /// Something that the run created and could not delete.
    Leftover {
        url: String,
        reason: String,
    },
    /// An entry of the baseline has served its time.
    Outdated(Outdated),
    /// The run ended before its time; `RunFinished` follows.
    RunFailed {
        reason: String,
    },
    RunFinished {
        summary: Summary,
    },
}

/// A report in the making.
pub trait Consumer: Send {
    /// Takes notice of one event. An error ends this report and no other.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

/// Knows findings and steps from before the run, as a baseline does.
pub trait Annotator: Send {
    /// What is known about the finding or step of `event`; `None` if nothing is, or if `event` is neither.
    fn known(&mut self, event: &Event) -> Option<Arc<Known>>;
}

#[derive(Default)]
struct Stream {
    consumers: Vec<Box<dyn Consumer>>,
    failure: Option<io::Error>,
    summary: Summary,
    annotator: Option<Box<dyn Annotator>>,
}

impl Stream {
    /// Adds what is known from before, and counts.
    fn take_note(&mut self, event: &Event) -> Option<Event> {
        let (known, verdict) = match event {
            Event::Finding(finding) => {
                Summary::count(&mut self.summary.checks, finding.verdict);
                (self.annotator.as_mut()?.known(event)?, finding.verdict)
            }
            Event::Step(step) => {
                Summary::count(&mut self.summary.steps, step.verdict);
                (self.annotator.as_mut()?.known(event)?, step.verdict)
            }
            Event::Leftover { .. } => {
                self.summary.leftovers += 1;
                return None;
            }
            Event::Outdated(_) => {
                self.summary.outdated += 1;
                return None;
            }
            _ => return None,
        };
        Summary::count(&mut self.summary.known, verdict);
        match event {
            Event::Finding(finding) => {
                Some(Event::Finding(Arc::new(Finding { known: Some(known), ..Finding::clone(finding) })))
            }
            Event::Step(step) => Some(Event::Step(Arc::new(Step { known: Some(known), ..Step::clone(step) }))),
            _ => None,
        }
    }
}

/// Sends events to all consumers, in the order of the calls. Clones share the stream.
#[derive(Clone, Default)]
pub struct Events(Arc<Mutex<Stream>>);

impl Events {
    /// A stream for `consumers`.
    pub fn new(consumers: Vec<Box<dyn Consumer>>) -> Self {
        Self(Arc::new(Mutex::new(Stream { consumers, ..Stream::default() })))
    }

    /// The same stream, whose findings and steps `annotator` sees before the consumers do.
    #[must_use]
    pub fn annotated_by(self, annotator: impl Annotator + 'static) -> Self {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).annotator = Some(Box::new(annotator));
        self
    }

    /// Hands `event` to every consumer. One that fails is dropped; the first failure is kept for [`Self::failure`].
    pub fn emit(&self, event: &Event) {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let noted = stream.take_note(event);
        let event = noted.as_ref().unwrap_or(event);
        let Stream { consumers, failure, .. } = &mut *stream;
        consumers.retain_mut(|consumer| match consumer.event(event) {
            Ok(()) => true,
            Err(error) => {
                failure.get_or_insert(error);
                false
            }
        });
    }

    /// The totals of what was emitted so far; requests and time are for the caller to fill in.
    pub fn summary(&self) -> Summary {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).summary.clone()
    }

    /// Takes the first error that a consumer met while writing.
    pub fn failure(&self) -> Option<io::Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).failure.take()
    }
}
