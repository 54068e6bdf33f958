//! A list of values in one text.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, each_attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.canonical-as-text",
    summary: "canonicalValues is one text with commas",
    breaks: Breaks::Requirements(&["RFC7643-2.4-12", "RFC7643-7-20", "RFC7643-8.7.2-40"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| each_attribute(document, &mut |own| {
                if let Some(values) = own["canonicalValues"].as_array() {
                    let words: Vec<&str> = values.iter().filter_map(|value| value.as_str()).collect();
                    own["canonicalValues"] = json!(words.join(","));
                }
            }) })
    }),
};
