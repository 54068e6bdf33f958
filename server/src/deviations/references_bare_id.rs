//! References that are ids instead of URIs.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "references.bare-id",
    summary: "$ref holds the id of the resource instead of its URI",
    breaks: Breaks::Requirements(&["RFC7643-2.3.7-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(BareId)),
};

struct BareId;

impl AnswerSeam for BareId {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let discovery = ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"];
        answer.status.is_success() && !discovery.iter().any(|path| head.path.contains(path))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        shorten(&mut body);
        answer.set_json(&body);
    }
}

fn shorten(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let (Some(id), true) = (members.get("value").cloned(), members.contains_key("$ref")) {
                members.insert("$ref".into(), id);
            }
            members.values_mut().for_each(shorten);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        _ => {}
    }
}
