//! No page leads on.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.next-missing",
    summary: "a walk ends after its first page, because nextCursor is left out",
    breaks: Breaks::Requirements(&["RFC9865-2-02", "RFC9865-2-10", "RFC9865-2-11", "RFC9865-2.4-04", "RFC9865-3-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(NextMissing)),
};

struct NextMissing;

impl AnswerSeam for NextMissing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        { let _ = head; answer.is_list() }
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        if let Some(members) = list.as_object_mut() {
            members.remove("nextCursor");
        }
        answer.set_json(&list);
    }
}
