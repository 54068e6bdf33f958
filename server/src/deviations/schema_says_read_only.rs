//! The schema publishes as readOnly what clients can write.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-read-only",
    summary: "title is published as readOnly, and taken from clients all the same",
    breaks: Breaks::Requirements(&["RFC7643-7-28"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "title", |own| own["mutability"] = json!("readOnly")) })
    }),
};
