//! What a run could not delete, collected for output that names it at the end.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use weir_judge::{Consumer, Event};

/// One resource that is left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    pub url: String,
    /// One sentence.
    pub reason: String,
}

/// How many of them a report for people names.
pub(super) const MOST_NAMED: usize = 10;

/// What follows those that are named; nothing if there are no more.
pub(super) fn more(count: usize) -> Option<String> {
    let more = count.checked_sub(MOST_NAMED).filter(|more| *more > 0)?;
    Some(format!("and {more} more, which a report of the format json lists"))
}

/// Collects what could not be deleted. Clones share the list.
#[derive(Clone, Debug, Default)]
pub struct Leftovers(Arc<Mutex<Vec<Leftover>>>);

impl Leftovers {
    /// What was collected since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Leftover> {
        // A push cannot leave the list half-done.
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Consumer for Leftovers {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Event::Leftover { url, reason } = event {
            let leftover = Leftover { url: url.clone(), reason: reason.clone() };
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(leftover);
        }
        Ok(())
    }
}
