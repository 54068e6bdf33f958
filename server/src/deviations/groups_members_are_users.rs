//! Every member is called a user.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.members-are-users",
    summary: "the type of a member is always User",
    breaks: Breaks::Requirements(&["RFC7643-4.2-07", "RFC7644-3.3-18"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MembersAreUsers)),
};

struct MembersAreUsers;

impl AnswerSeam for MembersAreUsers {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Groups") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for member in resource.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
                member["type"] = "User".into();
            }
        });
    }
}
