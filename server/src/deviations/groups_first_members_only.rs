//! Only the first hundred members are ever read.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.first-members-only",
    summary: "a group shows its first 100 members only",
    breaks: Breaks::Requirements(&["RFC7644-3.3-18", "RFC7644-3.5.2.1-08"]),
    seen: &["https://github.com/FusionAuth/fusionauth-issues/issues/2784"],
    parameter: None,
    seam: Seam::answer(|_| Box::new(FirstMembersOnly)),
};

struct FirstMembersOnly;

impl AnswerSeam for FirstMembersOnly {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Groups") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(members) = resource.get_mut("members").and_then(Value::as_array_mut) {
                members.truncate(100);
            }
        });
    }
}
