//! A list of one hides its resource.

use serde_json::Value;

use super::seam::{AnswerSeam, Head};
use super::shown::shows_resources;
use super::{Breaks, Deviation, Seam};
use crate::http::Answer;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.first-resource-hidden",
    summary: "a list with one match has a totalResults of 1 and no Resources",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ListFirstResourceHidden)),
};

struct ListFirstResourceHidden;

impl AnswerSeam for ListFirstResourceHidden {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(Value::Object(mut list)) = answer.json() else { return };
        list.shift_remove("Resources");
        answer.set_json(&Value::Object(list));
    }
}
