//! Without a version the predecessor answers.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "version.left-out-differs",
    summary: "the URL without a version answers in the form of SCIM 1.1",
    breaks: Breaks::Requirements(&["RFC7644-3.13-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(VersionLeftOutDiffers)),
};

const EMPTY: &str = r#"{"schemas":["urn:scim:schemas:core:1.0"],"totalResults":0,"Resources":[]}"#;

struct VersionLeftOutDiffers;

impl AnswerSeam for VersionLeftOutDiffers {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::NOT_FOUND && head.path == "/scim/Users"
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::with_body(StatusCode::OK, "application/json", EMPTY);
    }
}
