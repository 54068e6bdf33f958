//! A sorted list has only resources with a value.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.missing-left-out",
    summary: "resources without value are left out of a sorted list",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.3-03", "RFC7644-3.4.2.3-06", "RFC7644-3.4.2.3-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LeftOut)),
};

struct LeftOut;

impl AnswerSeam for LeftOut {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("sortBy=nickName"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        if let Some(resources) = list["Resources"].as_array_mut() {
            resources.retain(|resource| resource.get("nickName").is_some());
        }
        answer.set_json(&list);
    }
}
