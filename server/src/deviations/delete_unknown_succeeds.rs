//! Deleting what is not there succeeds.

use actix_web::http::{Method, StatusCode};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "delete.unknown-succeeds",
    summary: "a DELETE of an id that nobody has is answered with 204",
    breaks: Breaks::Requirements(&["RFC7644-3.6-08", "RFC7644-3.6-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(DeleteUnknownSucceeds)),
};

struct DeleteUnknownSucceeds;

impl AnswerSeam for DeleteUnknownSucceeds {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.method == Method::DELETE && answer.status == StatusCode::NOT_FOUND
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::empty(StatusCode::NO_CONTENT);
    }
}
