//! A resource type that is listed and not there.

use serde_json::{Value, json};

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.type-not-served",
    summary: "/ResourceTypes lists a type whose endpoint does not exist",
    breaks: Breaks::Requirements(&["RFC7643-6-10", "RFC7643-6-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(NotServed)),
};

struct NotServed;

impl AnswerSeam for NotServed {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && reads(head, Documents::ResourceTypes)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut list) = answer.json() else { return };
        if let Some(resources) = list.get_mut("Resources").and_then(Value::as_array_mut) {
            let mut planned = resources.first().cloned().unwrap_or_default();
            for (member, value) in [
                ("id", "Device"),
                ("name", "Device"),
                ("endpoint", "/Device"),
                ("schema", "urn:example:params:scim:schemas:core:2.0:Device"),
            ] {
                planned[member] = json!(value);
            }
            planned["schemaExtensions"] = json!([]);
            resources.push(planned);
            list["totalResults"] = json!(list["Resources"].as_array().map_or(0, Vec::len));
        }
        answer.set_json(&list);
    }
}
