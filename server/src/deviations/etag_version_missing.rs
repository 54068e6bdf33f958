//! There is no meta.version.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.version-missing",
    summary: "resources have no meta.version although they have an ETag",
    breaks: Breaks::Requirements(&["RFC7644-3.14-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(VersionMissing)),
};

struct VersionMissing;

impl AnswerSeam for VersionMissing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(meta) = resource.get_mut("meta").and_then(Value::as_object_mut) {
                meta.remove("version");
            }
        });
    }
}
