//! The groups of a user are given by name.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "users.groups-by-name",
    summary: "the value of a user's group is its name instead of its id",
    breaks: Breaks::Requirements(&["RFC7643-4.1.2-25"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(GroupsByName)),
};

struct GroupsByName;

impl AnswerSeam for GroupsByName {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Users") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for group in resource.get_mut("groups").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(name) = group.get("display").cloned() {
                    group["value"] = name;
                }
            }
        });
    }
}
