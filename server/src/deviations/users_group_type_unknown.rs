//! The type of a user's group is a word of the endpoint's own.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "users.group-type-unknown",
    summary: "the type of a user's group is member instead of direct or indirect",
    breaks: Breaks::Requirements(&["RFC7643-4.1.2-22"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(GroupTypeUnknown)),
};

struct GroupTypeUnknown;

impl AnswerSeam for GroupTypeUnknown {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Users") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for group in resource.get_mut("groups").and_then(Value::as_array_mut).into_iter().flatten() {
                group["type"] = "member".into();
            }
        });
    }
}
