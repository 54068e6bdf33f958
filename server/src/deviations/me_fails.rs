//! /Me is a failure of the server.

use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal, SCIM_JSON};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "me.fails",
    summary: "GET /Me is answered with 500",
    breaks: Breaks::Requirements(&["RFC7644-3.2-13", "RFC7644-3.11-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Fails)),
};

struct Fails;

impl AnswerSeam for Fails {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        { let _ = answer; head.method == "GET" && head.path.ends_with("/Me") }
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        *answer = Refusal::new(ErrorKind::Internal, "nobody knows").into_answer(SCIM_JSON);
    }
}
