//! The elements of a list are shortened.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.elements-short",
    summary: "the resources in a list come without schemas and emails",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-12", "RFC7644-3.4-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ListElementsShort)),
};

struct ListElementsShort;

impl AnswerSeam for ListElementsShort {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Value::Object(members) = resource {
                members.shift_remove("schemas");
                members.shift_remove("emails");
            }
        });
    }
}
