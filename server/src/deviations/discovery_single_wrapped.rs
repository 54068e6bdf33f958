//! A single discovery document comes as a list of one.

use scim::message;
use serde_json::json;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.single-wrapped",
    summary: "a single schema or resource type is wrapped in a ListResponse",
    breaks: Breaks::Requirements(&["RFC7644-3.4.1-03", "RFC7644-3.4.1-04", "RFC7643-7-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(DiscoverySingleWrapped)),
};

struct DiscoverySingleWrapped;

impl AnswerSeam for DiscoverySingleWrapped {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && (head.path.contains("/Schemas/") || head.path.contains("/ResourceTypes/"))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(document) = answer.json() else { return };
        answer.set_json(&json!({"schemas": [message::LIST_RESPONSE], "totalResults": 1, "Resources": [document]}));
    }
}
