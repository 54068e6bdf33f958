//! Every conditional GET is told that nothing has changed.

use actix_web::http::{Method, StatusCode, header};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.not-modified-always",
    summary: "a GET with If-None-Match is answered 304 whatever the version",
    breaks: Breaks::Requirements(&["RFC7644-3.14-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(NotModifiedAlways)),
};

struct NotModifiedAlways;

impl AnswerSeam for NotModifiedAlways {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::GET && head.headers.contains_key(header::IF_NONE_MATCH) && answer.status == StatusCode::OK
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::empty(StatusCode::NOT_MODIFIED);
    }
}
