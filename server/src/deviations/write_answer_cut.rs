//! The connection breaks in the middle of the answer to a write.

use super::occurrence::Occurrence;
use super::{Breaks, Deviation, Seam};
use crate::application::ConnectionSeam;
use crate::message::{Answer, Delivery, Fate, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "write.answer-cut",
    summary: "a write is done, and the connection breaks after half of its answer's body",
    breaks: Breaks::Permitted("any network may do this; half a body must not pass for a whole one"),
    seen: &[],
    parameter: Some(Occurrence::parameter("first:1")),
    seam: Seam::Connection(|setup| Box::new(Cut(Occurrence::of(setup)))),
};

struct Cut(Occurrence);

impl ConnectionSeam for Cut {
    fn after(&self, head: &Head<'_>, answer: &Answer) -> Fate {
        let half = answer.body.len() / 2;
        if half > 0 && head.is_write() && answer.status.is_success() && self.0.strikes() {
            Fate { delay: None, delivery: Delivery::Cut(half) }
        } else {
            Fate::DELIVERED
        }
    }
}
