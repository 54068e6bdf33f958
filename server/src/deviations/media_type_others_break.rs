//! A body of an unknown type breaks the handler.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "media-type.others-break",
    summary: "a body of a media type that is not understood is answered 500 with a page",
    breaks: Breaks::Requirements(&["RFC7644-3.12-01", "RFC7644-3.8-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MediaTypeOthersBreak)),
};

struct MediaTypeOthersBreak;

impl AnswerSeam for MediaTypeOthersBreak {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::UNSUPPORTED_MEDIA_TYPE
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::with_body(StatusCode::INTERNAL_SERVER_ERROR, "text/html", "<h1>Internal Server Error</h1>");
    }
}
