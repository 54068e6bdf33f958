//! An unknown id leads to an empty list.

use actix_web::http::{Method, StatusCode};
use scim::message;
use serde_json::json;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "read.unknown-as-empty-list",
    summary: "GET of an id that nobody has is answered with 200 and an empty list",
    breaks: Breaks::Requirements(&["RFC7644-3.4.1-02", "RFC7644-3.6-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ReadUnknownAsEmptyList)),
};

struct ReadUnknownAsEmptyList;

impl AnswerSeam for ReadUnknownAsEmptyList {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.method == Method::GET && answer.status == StatusCode::NOT_FOUND
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::OK;
        answer.set_json(&json!({"schemas": [message::LIST_RESPONSE], "totalResults": 0, "Resources": []}));
    }
}
