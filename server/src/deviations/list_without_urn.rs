//! A list names no message.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.without-urn",
    summary: "a list comes without the ListResponse URI in schemas",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ListWithoutUrn)),
};

struct ListWithoutUrn;

impl AnswerSeam for ListWithoutUrn {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(Value::Object(mut list)) = answer.json() else { return };
        list.shift_remove("schemas");
        answer.set_json(&Value::Object(list));
    }
}
