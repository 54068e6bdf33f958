//! /Bulk can be read.

use actix_web::http::{Method, StatusCode};
use scim::message;
use serde_json::json;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.get-answered",
    summary: "GET /Bulk is answered with an empty list",
    breaks: Breaks::Requirements(&["RFC7644-3.2-17"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(GetAnswered)),
};

struct GetAnswered;

impl AnswerSeam for GetAnswered {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::GET && head.path.ends_with("/Bulk") && !answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::OK;
        answer.set_json(&json!({ "schemas": [message::LIST_RESPONSE], "totalResults": 0 }));
    }
}
