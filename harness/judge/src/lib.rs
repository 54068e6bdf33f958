//! What exchanges show: verdicts, disputed readings, findings, and the one stream of events of a run.
//!
//! Nothing here sends a request.

mod dispute;
mod event;
mod offer;

pub use dispute::{Dispute, dispute, level_of, verdict_of};
pub use event::*;
pub use offer::{Offer, Provenance};
