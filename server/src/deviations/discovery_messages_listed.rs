//! Messages among the schemas.

use scim::message;
use serde_json::{Value, json};

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.messages-listed",
    summary: "/Schemas lists the schemas of messages too",
    breaks: Breaks::Requirements(&["RFC7644-3.1-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MessagesListed)),
};

struct MessagesListed;

impl AnswerSeam for MessagesListed {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && reads(head, Documents::Schemas)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut list) = answer.json() else { return };
        if let Some(resources) = list.get_mut("Resources").and_then(Value::as_array_mut) {
            let mut message = resources.first().cloned().unwrap_or_default();
            message["id"] = json!(message::PATCH_OP);
            resources.push(message);
            list["totalResults"] = json!(list["Resources"].as_array().map_or(0, Vec::len));
        }
        answer.set_json(&list);
    }
}
