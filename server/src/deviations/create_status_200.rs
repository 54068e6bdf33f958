//! A creation is answered with 200.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.status-200",
    summary: "a POST that creates is answered with 200 instead of 201",
    breaks: Breaks::Requirements(&["RFC7644-3.3-07", "RFC7644-3.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(CreateStatus200)),
};

struct CreateStatus200;

impl AnswerSeam for CreateStatus200 {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.is_write() && answer.status == StatusCode::CREATED
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::OK;
    }
}
