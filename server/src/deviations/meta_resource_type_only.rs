//! meta says the type and nothing else.

use serde_json::json;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.resource-type-only",
    summary: "meta has resourceType and no other member",
    breaks: Breaks::Requirements(&["RFC7644-3.3-10", "RFC7643-3.1-24", "RFC7643-3.1-02"]),
    seen: &["https://docs.gitlab.com/development/internal_api/"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ResourceTypeOnly)),
};

struct ResourceTypeOnly;

impl AnswerSeam for ResourceTypeOnly {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(kind) = resource["meta"].get("resourceType").cloned() {
                resource["meta"] = json!({ "resourceType": kind });
            }
        });
    }
}
