//! An extension that defines what the core schema has.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.extension-repeats-core",
    summary: "the enterprise extension has a displayName of its own",
    breaks: Breaks::Requirements(&["RFC7643-3.3-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| {
            if document["id"] == standard::ENTERPRISE_USER
                && let Some(attributes) = document["attributes"].as_array_mut()
            {
                let text = json!({ "name": "displayName", "type": "string", "multiValued": false, "required": false });
                attributes.push(text);
            }
        } })
    }),
};
