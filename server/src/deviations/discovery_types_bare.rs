//! Resource types without their own schema.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.types-bare",
    summary: "resource types come without schemas, and with an empty description",
    breaks: Breaks::Requirements(&["RFC7643-6-01", "RFC7643-6-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ResourceTypes, change: |document| {
            if let Some(members) = document.as_object_mut() {
                members.remove("schemas");
                members.insert("description".into(), json!(""));
            }
        } })
    }),
};
