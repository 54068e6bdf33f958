//! PATCH of a resource that does not exist is answered as done.

use actix_web::http::{Method, StatusCode, header};
use bytes::Bytes;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.unknown-resource-accepted",
    summary: "PATCH of a resource that does not exist is answered 204",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-37"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(UnknownResourceAccepted)),
};

struct UnknownResourceAccepted;

impl AnswerSeam for UnknownResourceAccepted {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::PATCH && answer.status == StatusCode::NOT_FOUND
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::NO_CONTENT;
        answer.remove_header(&header::CONTENT_TYPE);
        answer.body = Bytes::new();
    }
}
