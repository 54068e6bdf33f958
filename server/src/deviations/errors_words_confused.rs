//! The word of an error is another one.

use actix_web::http::StatusCode;
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "errors.words-confused",
    summary: "scimType is invalidSyntax where the fault is none of syntax, and mutability where it is",
    breaks: Breaks::Requirements(&[
        "RFC7644-3.12-18",
        "RFC7644-3.12-22",
        "RFC7644-3.12-23",
        "RFC7644-3.12-24",
        "RFC7644-3.12-25",
        "RFC7644-3.12-26",
    ]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ErrorsWordsConfused)),
};

struct ErrorsWordsConfused;

impl AnswerSeam for ErrorsWordsConfused {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::BAD_REQUEST || head.path.ends_with("/Bulk")
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        confuse(&mut body);
        for operation in body.get_mut("Operations").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(response) = operation.get_mut("response") {
                confuse(response);
            }
        }
        answer.set_json(&body);
    }
}

fn confuse(error: &mut Value) {
    let other = match error.get("scimType").and_then(Value::as_str) {
        None => return,
        Some("invalidSyntax") => "mutability",
        Some(_) => "invalidSyntax",
    };
    error["scimType"] = other.into();
}
