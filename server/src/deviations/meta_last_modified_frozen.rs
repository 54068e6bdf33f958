//! meta.lastModified never moves.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.last-modified-frozen",
    summary: "meta.lastModified is the time of creation for ever",
    breaks: Breaks::Requirements(&["RFC7643-3.1-28", "RFC7644-3.5.1-20"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaLastModifiedFrozen)),
};

struct MetaLastModifiedFrozen;

impl AnswerSeam for MetaLastModifiedFrozen {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(created) = resource.get("meta").and_then(|meta| meta.get("created")).cloned() {
                resource["meta"]["lastModified"] = created;
            }
        });
    }
}
