//! The status of an Error is a number.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "errors.status-number",
    summary: "the status of an Error is a JSON number",
    breaks: Breaks::Requirements(&["RFC7644-3.12-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ErrorsStatusNumber)),
};

struct ErrorsStatusNumber;

impl AnswerSeam for ErrorsStatusNumber {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status.as_u16() >= 400
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json() {
            body["status"] = answer.status.as_u16().into();
            answer.set_json(&body);
        }
    }
}
