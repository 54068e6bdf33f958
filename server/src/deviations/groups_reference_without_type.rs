//! The $ref of a member leaves out the type of the resource.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.reference-without-type",
    summary: "the $ref of a member leaves out /Users or /Groups",
    breaks: Breaks::Requirements(&["RFC7643-2.3.7-07", "RFC7643-4.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ReferenceWithoutType)),
};

struct ReferenceWithoutType;

impl AnswerSeam for ReferenceWithoutType {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Groups") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for member in resource.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(reference) = member.get("$ref").and_then(Value::as_str) {
                    member["$ref"] = reference.replace("/Users/", "/").replace("/Groups/", "/").into();
                }
            }
        });
    }
}
