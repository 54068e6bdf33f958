//! Pages of a walk are not reduced.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.attributes-ignored",
    summary: "in a walk, every page holds an attribute that was not asked for",
    breaks: Breaks::Requirements(&["RFC9865-2-25"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(AttributesIgnored)),
};

struct AttributesIgnored;

impl AnswerSeam for AttributesIgnored {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("cursor") && query.contains("attributes="))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        for resource in list["Resources"].as_array_mut().into_iter().flatten() {
            resource["displayName"] = "Somebody".into();
        }
        answer.set_json(&list);
    }
}
