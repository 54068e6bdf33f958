//! totalResults counts what does not match too.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.total-of-all",
    summary: "totalResults of a filtered list counts resources that do not match",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-13", "RFC7644-3.4.2.4-13", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(TotalOfAll)),
};

struct TotalOfAll;

impl AnswerSeam for TotalOfAll {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("filter="))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        let total = list["totalResults"].as_u64().unwrap_or_default();
        // As many again do not match.
        list["totalResults"] = (total * 2 + 1).into();
        answer.set_json(&list);
    }
}
