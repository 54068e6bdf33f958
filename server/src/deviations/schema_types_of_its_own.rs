//! Data types that SCIM does not know.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, each_attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.types-of-its-own",
    summary: "texts are published with the type text instead of string",
    breaks: Breaks::Requirements(&["RFC7643-7-13", "RFC7643-2.3-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| each_attribute(document, &mut |own| {
                if own["type"] == "string" {
                    own["type"] = json!("text");
                }
            }) })
    }),
};
