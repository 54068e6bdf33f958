//! A query over all types finds users only.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "root.users-only",
    summary: "a query of the base URL looks at users and at nothing else",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.1-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(UsersOnly)),
};

struct UsersOnly;

impl AnswerSeam for UsersOnly {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && is_root(head)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut list) = answer.json() else { return };
        if let Some(resources) = list["Resources"].as_array_mut() {
            resources.retain(|resource| resource["meta"]["resourceType"] == "User");
            let found = resources.len();
            list["totalResults"] = found.into();
        }
        answer.set_json(&list);
    }
}

/// Anything but a collection.
fn is_root(head: &Head<'_>) -> bool {
    ["/Users", "/Groups", "/ResourceTypes", "/Schemas"].iter().all(|place| !head.path.contains(place))
}
