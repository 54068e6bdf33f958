//! The one stream of events of a run. The engine never prints: reports are consumers of these events.

mod rewrite;

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

pub use rewrite::Rewrite;
use rewrite::WithoutSecrets;
use weir_exchange::Exchange;

use crate::finding::{BaselineNote, EntryNews, Finding, OutdatedEntry};
use crate::offer::Offer;
use crate::summary::Summary;

/// One event of a run.
#[derive(Clone, Debug)]
pub enum Event {
    RunStarted {
        /// The command that repeats the run, without secrets.
        command: String,
        /// The same without what selects checks and reports, to which ` --only ID` can be added.
        base_command: String,
        seed: u64,
        url: String,
        /// The embedded target, if the endpoint is our own.
        target: Option<String>,
        /// Whether what the checks create stays when the run ends.
        keeps: bool,
    },
    Discovered {
        offers: Vec<Offer>,
        /// What was odd about the discovery answers, one sentence each.
        remarks: Vec<String>,
    },
    Planned {
        run: usize,
        skipped: usize,
        /// How many checks each area has, in the order of the plan; an area is the first word of an id.
        areas: Vec<(&'static str, usize)>,
    },
    CheckStarted {
        check: &'static str,
    },
    StepStarted {
        id: String,
        title: String,
        client: String,
    },
    /// A check or a step has ended.
    Finding(Arc<Finding>),
    /// An exchange has ended, whoever had it; only emitted where a report wants all of them.
    Exchange(Arc<Exchange>),
    /// Something that the run created and could not delete.
    Leftover {
        url: String,
        reason: String,
    },
    /// An entry of the baseline has served its time.
    Outdated(OutdatedEntry),
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

/// Knows findings from before the run, as a baseline does.
pub trait Annotator: Send {
    /// What is known about `finding`; `None` if nothing is.
    fn known(&mut self, finding: &Finding) -> Option<Arc<BaselineNote>>;
}

#[derive(Default)]
struct Stream {
    consumers: Vec<Box<dyn Consumer>>,
    failure: Option<io::Error>,
    summary: Summary,
    annotator: Option<Box<dyn Annotator>>,
    /// What is reported as left behind: a look at the end finds again what could not be deleted before.
    left: HashSet<String>,
}

impl Stream {
    /// Counts, and adds what is known from before; `None` if the event stays as it is.
    fn take_note(&mut self, event: &Event) -> Option<Event> {
        match event {
            Event::Finding(finding) => {
                self.summary.add(finding);
                let known = self.annotator.as_mut()?.known(finding)?;
                Summary::count(&mut self.summary.known, finding.verdict);
                return Some(Event::Finding(Arc::new(Finding { known: Some(known), ..Finding::clone(finding) })));
            }
            Event::Leftover { .. } => self.summary.leftovers += 1,
            Event::Outdated(entry) => {
                let count = match entry.news {
                    Some(EntryNews::Mended) => &mut self.summary.mended,
                    Some(EntryNews::Revealed) => &mut self.summary.revealed,
                    None => &mut self.summary.outdated,
                };
                *count += 1;
            }
            _ => {}
        }
        None
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

    /// The same stream, whose findings `annotator` sees before the consumers do.
    #[must_use]
    pub fn annotated_by(self, annotator: impl Annotator + 'static) -> Self {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).annotator = Some(Box::new(annotator));
        self
    }

    /// Hands `event` to every consumer, without the secrets of this process. One that fails is dropped; the first failure is kept
    /// for [`Self::failure`].
    pub fn emit(&self, event: &Event) {
        let event = &event.rewritten(&WithoutSecrets);
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Event::Leftover { url, .. } = event
            && !stream.left.insert(url.clone())
        {
            return;
        }
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
