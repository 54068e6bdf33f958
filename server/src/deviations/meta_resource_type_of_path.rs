//! meta.resourceType is the last part of the path.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.resource-type-of-path",
    summary: "meta.resourceType says Users and Groups instead of User and Group",
    breaks: Breaks::Requirements(&["RFC7643-3-01", "RFC7643-3.1-25", "RFC7644-3.3.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaResourceTypeOfPath)),
};

struct MetaResourceTypeOfPath;

impl AnswerSeam for MetaResourceTypeOfPath {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(name) = resource.get("meta").and_then(|meta| meta["resourceType"].as_str()) {
                resource["meta"]["resourceType"] = format!("{name}s").into();
            }
        });
    }
}
