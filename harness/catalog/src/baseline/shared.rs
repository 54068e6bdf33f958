//! A baseline that the event stream asks while a run goes on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use weir_judge::{Annotator, BaselineNote, Event, Events, Finding};

use super::Baseline;

/// A baseline that annotates a stream ([`Events::annotated_by`]). Clones share it.
#[derive(Clone, Debug)]
pub struct SharedBaseline(Arc<Mutex<Baseline>>);

impl SharedBaseline {
    /// Shares `baseline`.
    pub fn new(baseline: Baseline) -> Self {
        Self(Arc::new(Mutex::new(baseline)))
    }

    fn lock(&self) -> MutexGuard<'_, Baseline> {
        // A panic between two insertions loses one verdict, which only makes the entry stay as it is.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the comparison: emits the outdated entries, and returns the baseline with the verdicts of the run.
    pub fn end(&self, events: &Events) -> Baseline {
        let baseline = self.lock().clone();
        for outdated in baseline.outdated() {
            events.emit(&Event::Outdated(outdated));
        }
        baseline
    }
}

impl Annotator for SharedBaseline {
    fn known(&mut self, finding: &Finding) -> Option<Arc<BaselineNote>> {
        self.lock().finding(finding)
    }
}
