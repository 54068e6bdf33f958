//! Schemas in name only.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.without-attributes",
    summary: "schemas are listed without their attributes, with an empty description",
    breaks: Breaks::Requirements(&["RFC7643-7-11", "RFC7643-7-09", "RFC7643-8.7.2-34"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| {
            if let Some(members) = document.as_object_mut() {
                members.remove("attributes");
                members.insert("description".into(), json!(""));
            }
        } })
    }),
};
