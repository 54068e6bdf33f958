//! A broken body is answered with 500.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "body.broken-500",
    summary: "a body that is no JSON object is answered with 500 instead of 400 invalidSyntax",
    breaks: Breaks::Requirements(&["RFC7644-3.3-13", "RFC7644-3.3-14", "RFC7644-3.12-18"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(BodyBroken500)),
};

struct BodyBroken500;

impl AnswerSeam for BodyBroken500 {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.is_write() && answer.status == StatusCode::BAD_REQUEST
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json().filter(|body| body["scimType"] == "invalidSyntax") {
            body["status"] = "500".into();
            if let Some(members) = body.as_object_mut() {
                members.shift_remove("scimType");
            }
            answer.status = StatusCode::INTERNAL_SERVER_ERROR;
            answer.set_json(&body);
        }
    }
}
