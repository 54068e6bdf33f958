//! An extension that is published as required and not demanded.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.says-extension-required",
    summary: "the enterprise extension is published as required, and a user without it is taken",
    breaks: Breaks::Requirements(&["RFC7643-6-17"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ResourceTypes, change: |document| {
            if let Some(extension) = document.get_mut("schemaExtensions").and_then(|own| own.get_mut(0)) {
                extension["required"] = json!(true);
            }
        } })
    }),
};
