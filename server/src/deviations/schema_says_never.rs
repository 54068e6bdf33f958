//! The schema publishes as never returned what is shown.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-never",
    summary: "title is published as never returned, and shown to everybody",
    breaks: Breaks::Requirements(&["RFC7643-7-36"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "title", |own| own["returned"] = json!("never")) })
    }),
};
