//! A DELETE is answered with a body.

use actix_web::http::{Method, StatusCode};

use crate::message::SCIM_JSON;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "delete.with-body",
    summary: "a DELETE is answered with 200 and an empty JSON object",
    breaks: Breaks::Requirements(&["RFC7644-3.6-06", "RFC7644-3.6-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(DeleteWithBody)),
};

struct DeleteWithBody;

impl AnswerSeam for DeleteWithBody {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.method == Method::DELETE && answer.status == StatusCode::NO_CONTENT
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        *answer = Answer::with_body(StatusCode::OK, SCIM_JSON, "{}");
    }
}
