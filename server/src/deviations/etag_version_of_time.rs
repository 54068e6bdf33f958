//! meta.version is another version than the `ETag`.

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.version-of-time",
    summary: "meta.version is the time of the last change, and the ETag a number",
    breaks: Breaks::Requirements(&["RFC7643-3.1-31"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(VersionOfTime)),
};

struct VersionOfTime;

impl AnswerSeam for VersionOfTime {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(time) = resource.get("meta").and_then(|meta| meta["lastModified"].as_str()) {
                resource["meta"]["version"] = format!("W/\"{time}\"").into();
            }
        });
    }
}
