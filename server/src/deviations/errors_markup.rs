//! What is not found is answered with a page.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "errors.markup",
    summary: "404 comes with a page of markup",
    breaks: Breaks::Requirements(&["RFC7644-3.12-01", "RFC7644-3.12-06", "RFC7644-3.2-22"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ErrorsMarkup)),
};

struct ErrorsMarkup;

impl AnswerSeam for ErrorsMarkup {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::NOT_FOUND
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::with_body(StatusCode::NOT_FOUND, "text/html", "<h1>Not Found</h1>");
    }
}
