//! A version that does not exist is served.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "version.unknown-served",
    summary: "a version of the protocol that does not exist is answered as if it were the current one",
    breaks: Breaks::Requirements(&["RFC7644-3.13-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(VersionUnknownServed)),
};

const EMPTY: &str =
    r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}"#;

struct VersionUnknownServed;

impl AnswerSeam for VersionUnknownServed {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::NOT_FOUND && head.path.contains("/v99/")
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::with_body(StatusCode::OK, "application/scim+json", EMPTY);
    }
}
