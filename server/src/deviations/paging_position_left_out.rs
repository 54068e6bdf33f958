//! A page does not say where it begins and how long it is.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.position-left-out",
    summary: "startIndex and itemsPerPage are left out of every list",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-09", "RFC7644-3.4.2-10", "RFC7644-3.4.2.4-03", "RFC7644-3.4.2.4-12", "RFC7644-3.4.2.4-14"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(PositionLeftOut)),
};

struct PositionLeftOut;

impl AnswerSeam for PositionLeftOut {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.method == "GET" && answer.is_list()
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        if let Some(members) = list.as_object_mut() {
            members.remove("startIndex");
            members.remove("itemsPerPage");
        }
        answer.set_json(&list);
    }
}
