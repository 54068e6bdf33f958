//! A walk does not survive changes.

use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal, SCIM_JSON};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.lost-by-changes",
    summary: "a cursor is refused as expired whenever it is used",
    breaks: Breaks::Requirements(&["RFC9865-2-10", "RFC9865-4-08", "RFC9865-2-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Lost)),
};

struct Lost;

impl AnswerSeam for Lost {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("cursor=") && !query.contains("cursor=&"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        *answer = Refusal::new(ErrorKind::ExpiredCursor, "the list has changed").into_answer(SCIM_JSON);
    }
}
