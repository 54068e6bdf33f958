//! The value of a member is a URI.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.member-value-is-uri",
    summary: "the value of a member is its URI instead of its id",
    breaks: Breaks::Requirements(&["RFC7643-4.2-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(MemberValueIsUri)),
};

struct MemberValueIsUri;

impl AnswerSeam for MemberValueIsUri {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Groups") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for member in resource.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(reference) = member.get("$ref").cloned() {
                    member["value"] = reference;
                }
            }
        });
    }
}
