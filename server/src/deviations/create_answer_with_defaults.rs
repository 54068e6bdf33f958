//! The answer to a creation shows defaults that are not stored.

use actix_web::http::StatusCode;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.answer-with-defaults",
    summary: "the answer to a POST shows a userType that a later GET does not",
    breaks: Breaks::Requirements(&["RFC7644-3.3-11", "RFC7644-3.1-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(CreateAnswerWithDefaults)),
};

struct CreateAnswerWithDefaults;

impl AnswerSeam for CreateAnswerWithDefaults {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && answer.status == StatusCode::CREATED
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if resource.get("userType").is_none() {
                resource["userType"] = "Employee".into();
            }
        });
    }
}
