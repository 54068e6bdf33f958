//! A taken value is an invalid value.

use actix_web::http::StatusCode;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "uniqueness.as-400",
    summary: "a value that is taken is answered 400 invalidValue",
    breaks: Breaks::Requirements(&["RFC7644-3.12-13", "RFC7644-3.12-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(UniquenessAs400)),
};

struct UniquenessAs400;

impl AnswerSeam for UniquenessAs400 {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::CONFLICT
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json() {
            answer.status = StatusCode::BAD_REQUEST;
            body["status"] = "400".into();
            body["scimType"] = "invalidValue".into();
            answer.set_json(&body);
        }
    }
}
