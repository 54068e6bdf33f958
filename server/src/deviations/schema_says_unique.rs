//! The schema publishes as unique what several may share.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-unique",
    summary: "title is published as unique, and two users may have the same",
    breaks: Breaks::Requirements(&["RFC7643-7-43"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "title", |own| own["uniqueness"] = json!("server")) })
    }),
};
