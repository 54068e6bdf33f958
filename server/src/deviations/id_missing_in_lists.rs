//! The elements of a list have no id.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "id.missing-in-lists",
    summary: "the resources in a list come without id",
    breaks: Breaks::Requirements(&["RFC7643-3.1-06", "RFC7643-3.1-14"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(IdMissingInLists)),
};

struct IdMissingInLists;

impl AnswerSeam for IdMissingInLists {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Value::Object(members) = resource {
                members.shift_remove("id");
            }
        });
    }
}
