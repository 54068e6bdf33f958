//! The last page leads on.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.next-always",
    summary: "the last page of a walk has a nextCursor too",
    breaks: Breaks::Requirements(&["RFC9865-2-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(NextAlways)),
};

struct NextAlways;

impl AnswerSeam for NextAlways {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("cursor"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        if list.get("nextCursor").is_none() {
            list["nextCursor"] = "end".into();
        }
        answer.set_json(&list);
    }
}
