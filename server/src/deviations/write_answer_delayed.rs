//! The answer to a write comes late.

use super::delayed::{Delayed, SECONDS};
use super::{Breaks, Deviation, Seam};
use crate::message::Head;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "write.answer-delayed",
    summary: "the first write is done, and its answer waits, by the endpoint's clock",
    breaks: Breaks::Permitted("no RFC sets a time; a client needs a timeout of its own"),
    seen: &[],
    parameter: Some(SECONDS),
    seam: Seam::Connection(|setup| Box::new(Delayed::new(setup, writes))),
};

fn writes(head: &Head<'_>) -> bool {
    head.is_write()
}
