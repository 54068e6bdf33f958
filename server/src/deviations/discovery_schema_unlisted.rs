//! A resource type names a schema that is nowhere.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.schema-unlisted",
    summary: "the resource types name an extension that /Schemas does not have",
    breaks: Breaks::Requirements(&["RFC7643-6-14", "RFC7644-4-03", "RFC7643-3.2-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ResourceTypes, change: |document| {
            if let Some(extensions) = document["schemaExtensions"].as_array_mut() {
                let uri = "urn:example:params:scim:schemas:extension:forgotten:2.0:User";
                extensions.push(json!({ "schema": uri, "required": false }));
            }
        } })
    }),
};
