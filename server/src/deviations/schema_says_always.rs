//! The schema publishes as always returned what is left out.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-always",
    summary: "title is published as always returned, and left out when others are asked for",
    breaks: Breaks::Requirements(&["RFC7643-7-35"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "title", |own| own["returned"] = json!("always")) })
    }),
};
