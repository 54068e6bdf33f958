//! An id of a strange form breaks the handler.

use actix_web::http::StatusCode;
use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "ids.malformed-500",
    summary: "an id that is no UUID is answered 500",
    breaks: Breaks::Requirements(&["RFC7644-3.12-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(IdsMalformed500)),
};

struct IdsMalformed500;

impl AnswerSeam for IdsMalformed500 {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::NOT_FOUND && head.path.contains("/Users/") && !head.path.ends_with("/.search")
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let id = head.path.rsplit('/').next().unwrap_or_default();
        if uuid::Uuid::try_parse(id).is_err() {
            let refusal = Refusal::new(ErrorKind::Internal, "invalid input syntax for type uuid");
            *answer = refusal.into_answer("application/scim+json");
        }
    }
}
