//! GET of one resource leaves out an attribute.

use actix_web::http::Method;
use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "read.attribute-lost",
    summary: "GET of one resource leaves out name, which the answer to POST shows",
    breaks: Breaks::Requirements(&["RFC7644-3.3-11", "RFC7644-3.4.1-01", "RFC7643-7-38", "RFC7644-3.4-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ReadAttributeLost)),
};

struct ReadAttributeLost;

impl AnswerSeam for ReadAttributeLost {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && head.method == Method::GET && !answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Value::Object(members) = resource {
                members.shift_remove("name");
            }
        });
    }
}
