//! Even id is left out of a search.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.projection-always",
    summary: "excludedAttributes in a search takes id away",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(IdLeftOut)),
};

struct IdLeftOut;

impl AnswerSeam for IdLeftOut {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.path.ends_with("/.search")
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        for resource in list["Resources"].as_array_mut().into_iter().flatten() {
            // Only where something was taken away.
            if resource.get("emails").is_none()
                && let Some(members) = resource.as_object_mut()
            {
                members.remove("id");
            }
        }
        answer.set_json(&list);
    }
}
