//! A method that means nothing here seems to work.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "methods.accepted",
    summary: "a method that an endpoint does not offer is answered 200",
    breaks: Breaks::Requirements(&["RFC7644-3.2-23"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MethodsAccepted)),
};

struct MethodsAccepted;

impl AnswerSeam for MethodsAccepted {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::METHOD_NOT_ALLOWED
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::with_body(StatusCode::OK, "application/scim+json", "{}");
    }
}
