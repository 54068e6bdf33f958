//! A client that accepts plain JSON only is refused.

use actix_web::http::header;
use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "media-type.json-refused",
    summary: "Accept: application/json is answered 406",
    breaks: Breaks::Requirements(&["RFC7644-3.8-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MediaTypeJsonRefused)),
};

struct MediaTypeJsonRefused;

impl AnswerSeam for MediaTypeJsonRefused {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json")
            && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let refusal = Refusal::new(ErrorKind::NotAcceptable, "answers are application/scim+json; accept that");
        *answer = refusal.into_answer("application/scim+json");
    }
}
