//! Lists carry the URN of the predecessor.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "messages.urns-altered",
    summary: "lists are labelled urn:scim:schemas:core:1.0",
    breaks: Breaks::Requirements(&["RFC7644-3.1-05", "RFC7644-8.2-01", "RFC7644-3.4.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MessagesUrnsAltered)),
};

struct MessagesUrnsAltered;

impl AnswerSeam for MessagesUrnsAltered {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json() {
            body["schemas"] = serde_json::json!(["urn:scim:schemas:core:1.0"]);
            answer.set_json(&body);
        }
    }
}
