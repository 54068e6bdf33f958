//! Errors say nothing but their status.

use actix_web::http::header;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "errors.without-body",
    summary: "errors come without a body",
    breaks: Breaks::Requirements(&["RFC7644-3.12-01", "RFC7644-3.2-22"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ErrorsWithoutBody)),
};

struct ErrorsWithoutBody;

impl AnswerSeam for ErrorsWithoutBody {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_client_error()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.body = bytes::Bytes::new();
        answer.remove_header(&header::CONTENT_TYPE);
    }
}
