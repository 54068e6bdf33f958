//! HEAD is answered with 404.

use actix_web::http::{Method, StatusCode};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "head.not-found",
    summary: "HEAD is answered with 404 where GET finds a resource",
    breaks: Breaks::Requirements(&["RFC7644-3.4.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(HeadNotFound)),
};

struct HeadNotFound;

impl AnswerSeam for HeadNotFound {
    fn concerns(&self, head: &Head<'_>, _: &Answer) -> bool {
        head.method == Method::HEAD
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::NOT_FOUND;
    }
}
