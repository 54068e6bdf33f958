//! The schema publishes as returned on request what is always there.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-request",
    summary: "title is published as returned on request, and shown without one",
    breaks: Breaks::Requirements(&["RFC7643-7-39"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "title", |own| own["returned"] = json!("request")) })
    }),
};
