//! A body that cannot be parsed breaks the handler.

use actix_web::http::{Method, StatusCode};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.syntax-error-500",
    summary: "a PATCH whose body cannot be parsed is answered 500",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-40"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(SyntaxError500)),
};

struct SyntaxError500;

impl AnswerSeam for SyntaxError500 {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::PATCH && answer.status == StatusCode::BAD_REQUEST
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json().filter(|body| body["scimType"] == "invalidSyntax") {
            answer.status = StatusCode::INTERNAL_SERVER_ERROR;
            body["status"] = "500".into();
            body["scimType"] = Value::Null;
            answer.set_json(&body);
        }
    }
}
