//! The connection breaks in the middle of an answer's body.

use super::occurrence::Occurrence;
use super::seam::{ConnectionSeam, Fate, Head};
use super::{Breaks, Deviation, Seam};
use crate::http::Answer;
use crate::journal::Delivery;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "answer.cut",
    summary: "the connection breaks after half of an answer's body",
    breaks: Breaks::Permitted("any network may do this; half a body must not pass for a whole one"),
    seen: &[],
    parameter: Some(Occurrence::parameter("first:1")),
    seam: Seam::Connection(|setup| Box::new(Cut(Occurrence::of(setup)))),
};

struct Cut(Occurrence);

impl ConnectionSeam for Cut {
    fn after(&self, _: &Head<'_>, answer: &Answer) -> Fate {
        let half = answer.body.len() / 2;
        if half > 0 && self.0.strikes() {
            Fate { delay: None, delivery: Delivery::Cut(half) }
        } else {
            Fate::DELIVERED
        }
    }
}
