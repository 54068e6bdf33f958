//! Discovery answers with bare arrays.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.bare-arrays",
    summary: "/Schemas and /ResourceTypes are JSON arrays instead of ListResponses",
    breaks: Breaks::Requirements(&["RFC7644-3.2-20", "RFC7644-4-06", "RFC7644-4-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(DiscoveryBareArrays)),
};

struct DiscoveryBareArrays;

impl AnswerSeam for DiscoveryBareArrays {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && (head.path.ends_with("/Schemas") || head.path.ends_with("/ResourceTypes"))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json() {
            let resources = body["Resources"].take();
            answer.set_json(&resources);
        }
    }
}
