//! A sortBy that no schema has is a failure of the server.

use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal, SCIM_JSON};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.unknown-fails",
    summary: "sorting by an unknown attribute is answered with 500",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.3-15", "RFC7644-3.4.2.3-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Fails)),
};

struct Fails;

impl AnswerSeam for Fails {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == 400 && head.query.is_some_and(|query| query.contains("sortBy="))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        *answer = Refusal::new(ErrorKind::Internal, "the order is unknown").into_answer(SCIM_JSON);
    }
}
