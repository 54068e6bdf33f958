//! The first page leads back.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.previous-on-first-page",
    summary: "the first page of a walk has a previousCursor",
    breaks: Breaks::Requirements(&["RFC9865-2-14"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(PreviousOnFirst)),
};

struct PreviousOnFirst;

impl AnswerSeam for PreviousOnFirst {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("cursor"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        list["previousCursor"] = "begin".into();
        answer.set_json(&list);
    }
}
