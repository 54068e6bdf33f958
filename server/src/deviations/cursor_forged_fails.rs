//! A wrong cursor is a failure of the server.

use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal, SCIM_JSON};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.forged-fails",
    summary: "a cursor that cannot be read is answered with 500",
    breaks: Breaks::Requirements(&["RFC9865-2.1-01", "RFC9865-2.1-02", "RFC9865-2-24"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Fails)),
};

struct Fails;

impl AnswerSeam for Fails {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == 400 && head.query.is_some_and(|query| query.contains("cursor="))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        *answer = Refusal::new(ErrorKind::Internal, "the cursor cannot be read").into_answer(SCIM_JSON);
    }
}
