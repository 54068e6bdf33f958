//! The work is done, and the answer never comes.

use super::occurrence::Occurrence;
use super::{Breaks, Deviation, Seam};
use crate::application::ConnectionSeam;
use crate::message::{Answer, Fate, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "write.answer-lost",
    summary: "a write is done, and the connection closes before its answer is sent",
    breaks: Breaks::Permitted("any network may do this; a client must find out what became of its request"),
    seen: &[],
    parameter: Some(Occurrence::parameter("first:1")),
    seam: Seam::Connection(|setup| Box::new(AnswerLost(Occurrence::of(setup)))),
};

struct AnswerLost(Occurrence);

impl ConnectionSeam for AnswerLost {
    fn after(&self, head: &Head<'_>, answer: &Answer) -> Fate {
        if head.is_write() && answer.status.is_success() && self.0.strikes() { Fate::LOST } else { Fate::DELIVERED }
    }
}
