//! itemsPerPage of a walk is not that of the page.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.position-of-start",
    summary: "in a walk, itemsPerPage is the largest page",
    breaks: Breaks::Requirements(&["RFC9865-2-20"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ItemsOfMaximum)),
};

struct ItemsOfMaximum;

impl AnswerSeam for ItemsOfMaximum {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("cursor"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        list["itemsPerPage"] = 200.into();
        answer.set_json(&list);
    }
}
