//! Resource types without a name.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.type-without-name",
    summary: "resource types have an id and no name, and required is a text",
    breaks: Breaks::Requirements(&["RFC7643-6-05", "RFC7643-6-16", "RFC7643-8.7.2-24"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ResourceTypes, change: |document| {
            if let Some(members) = document.as_object_mut() {
                members.remove("name");
            }
            for extension in document["schemaExtensions"].as_array_mut().into_iter().flatten() {
                extension["required"] = json!("false");
            }
        } })
    }),
};
