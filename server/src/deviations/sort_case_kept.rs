//! Sorting compares code points whatever the schema says.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.case-kept",
    summary: "lists are sorted with capital letters before small ones, whatever caseExact says",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.3-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(CaseKept)),
};

struct CaseKept;

impl AnswerSeam for CaseKept {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && by(head).is_some()
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let (Some(mut list), Some(name)) = (answer.json(), by(head)) else { return };
        if let Some(resources) = list["Resources"].as_array_mut() {
            resources.sort_by(|left, right| left[name].as_str().cmp(&right[name].as_str()));
        }
        answer.set_json(&list);
    }
}

/// The attribute of an ascending order over plain texts.
fn by<'h>(head: &Head<'h>) -> Option<&'h str> {
    let query = head.query.filter(|query| !query.contains("sortOrder=descending"))?;
    let name = query.split('&').find_map(|pair| pair.strip_prefix("sortBy="))?;
    matches!(name, "displayName" | "userName" | "nickName").then_some(name)
}
