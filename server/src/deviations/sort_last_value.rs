//! Of several values the last one counts.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.last-value",
    summary: "a list is sorted by the last of several values, whether primary or not",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.3-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LastValue)),
};

struct LastValue;

impl AnswerSeam for LastValue {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("sortBy=emails"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        if let Some(resources) = list["Resources"].as_array_mut() {
            let key = |user: &Value| user["emails"].as_array()?.last()?["value"].as_str().map(str::to_owned);
            resources.sort_by_key(key);
        }
        answer.set_json(&list);
    }
}
