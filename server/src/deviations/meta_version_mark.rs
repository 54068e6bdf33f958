//! The mark of a weak version is a small letter.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.version-mark",
    summary: "meta.version is marked as weak with w/ instead of W/",
    breaks: Breaks::Requirements(&["RFC7643-3.1-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaVersionMark)),
};

struct MetaVersionMark;

impl AnswerSeam for MetaVersionMark {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(version) = resource.get("meta").and_then(|meta| meta["version"].as_str()) {
                resource["meta"]["version"] = version.replacen("W/", "w/", 1).into();
            }
        });
    }
}
