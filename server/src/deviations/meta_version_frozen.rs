//! Every version is the first.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.version-frozen",
    summary: "meta.version is the same for ever",
    breaks: Breaks::Requirements(&["RFC7644-3.5.1-20"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaVersionFrozen)),
};

struct MetaVersionFrozen;

impl AnswerSeam for MetaVersionFrozen {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(version) = resource.get_mut("meta").and_then(|meta| meta.get_mut("version")) {
                *version = "W/\"1\"".into();
            }
        });
    }
}
