//! Booleans as text.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, each_attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.flags-as-text",
    summary: "multiValued and required are published as texts",
    breaks: Breaks::Requirements(&["RFC7643-7-16", "RFC7643-7-18"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| each_attribute(document, &mut |own| {
                for flag in ["multiValued", "required"] {
                    let text = own[flag].as_bool().unwrap_or_default().to_string();
                    own[flag] = json!(text);
                }
            }) })
    }),
};
