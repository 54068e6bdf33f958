//! When a cycle ends before its time.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::context::{OperationError, Outcome};
use super::progress::Progress;
use super::report::{Abort, Cause};

/// After this many operations in a row without an answer the endpoint counts as gone.
const MOST_UNANSWERED: u32 = 20;

/// Watches the outcomes, and decides whether going on can help.
pub(super) struct Halt {
    unanswered: AtomicU32,
    reason: Mutex<Option<Abort>>,
    progress: Arc<Progress>,
}

impl Halt {
    pub(super) fn new(progress: Arc<Progress>) -> Self {
        Self { unanswered: AtomicU32::new(0), reason: Mutex::new(None), progress }
    }

    /// Why nothing new may begin, if so.
    pub(super) fn reason(&self) -> Option<Abort> {
        let own = self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone();
        own.or_else(|| self.progress.is_stopped().then_some(Abort::Interrupted))
    }

    /// Takes an operation's outcome into account.
    pub(super) fn note(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed(OperationError { cause: Cause::NoAnswer, .. }) => {
                let unanswered = self.unanswered.fetch_add(1, Ordering::AcqRel) + 1;
                if unanswered >= MOST_UNANSWERED {
                    self.halt(Abort::Unanswered(MOST_UNANSWERED));
                }
            }
            Outcome::Failed(OperationError { cause: Cause::Status(status @ 401), .. }) => {
                self.halt(Abort::Credentials(*status));
            }
            _ => self.unanswered.store(0, Ordering::Release),
        }
    }

    fn halt(&self, reason: Abort) {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(reason);
    }
}
