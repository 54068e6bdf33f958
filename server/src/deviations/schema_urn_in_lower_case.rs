//! A registered URN in another letter case.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.urn-in-lower-case",
    summary: "the URNs of the schemas are published in lower case",
    breaks: Breaks::Requirements(&["RFC7643-10.4-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| {
            if let Some(id) = document["id"].as_str().map(str::to_ascii_lowercase) {
                document["id"] = json!(id);
            }
        } })
    }),
};
