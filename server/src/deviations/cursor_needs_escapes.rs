//! Cursors have characters that a URL has to escape.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.needs-escapes",
    summary: "nextCursor has a slash and an equals sign in it",
    breaks: Breaks::Requirements(&["RFC9865-2-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(NeedsEscapes)),
};

struct NeedsEscapes;

impl AnswerSeam for NeedsEscapes {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("cursor"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        if let Some(next) = list["nextCursor"].as_str().map(|next| format!("{next}/=")) {
            list["nextCursor"] = next.into();
        }
        answer.set_json(&list);
    }
}
