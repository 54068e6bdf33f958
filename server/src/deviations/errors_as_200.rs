//! Errors are answered as successes.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "errors.as-200",
    summary: "errors come with status 200 and the real status in the body",
    breaks: Breaks::Requirements(&["RFC7644-3.2-21", "RFC7644-3.12-09", "RFC7644-3.12-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ErrorsAs200)),
};

struct ErrorsAs200;

impl AnswerSeam for ErrorsAs200 {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_client_error()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::OK;
    }
}
