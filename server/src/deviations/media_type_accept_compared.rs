//! The Accept header is compared as a text.

use actix_web::http::header;
use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "media-type.accept-compared",
    summary: "an Accept header with weights, parameters or several types is answered 406",
    breaks: Breaks::Requirements(&["RFC7644-3.8-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MediaTypeAcceptCompared)),
};

struct MediaTypeAcceptCompared;

impl AnswerSeam for MediaTypeAcceptCompared {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().iter().any(|byte| b",;".contains(byte)))
            && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let refusal = Refusal::new(ErrorKind::NotAcceptable, "answers are application/scim+json; accept that");
        *answer = refusal.into_answer("application/scim+json");
    }
}
