//! The schema publishes a number where a text is wanted.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-integer",
    summary: "title is published as an integer, and only texts are taken",
    breaks: Breaks::Requirements(&["RFC7643-7-13"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "title", |own| own["type"] = json!("integer")) })
    }),
};
