//! pagination has texts for booleans.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "config.pagination-as-text",
    summary: "the members of pagination are texts instead of booleans and numbers",
    breaks: Breaks::Requirements(&["RFC9865-4-03", "RFC9865-4-04", "RFC9865-4-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(AsText)),
};

struct AsText;

impl AnswerSeam for AsText {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && head.path.ends_with("/ServiceProviderConfig")
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut config) = answer.json() else { return };
        for member in config["pagination"].as_object_mut().into_iter().flat_map(|members| members.values_mut()) {
            *member = member.to_string().into();
        }
        answer.set_json(&config);
    }
}
