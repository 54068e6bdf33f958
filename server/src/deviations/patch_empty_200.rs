//! PATCH is answered 200 without body.

use actix_web::http::{Method, StatusCode};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.empty-200",
    summary: "PATCH is answered 200 with an empty body",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Empty200)),
};

struct Empty200;

impl AnswerSeam for Empty200 {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::PATCH && answer.status == StatusCode::NO_CONTENT
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::OK;
    }
}
