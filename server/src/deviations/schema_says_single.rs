//! The schema publishes one value where a list comes.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-single",
    summary: "emails is published as single-valued, and comes as an array",
    breaks: Breaks::Requirements(&["RFC7643-1.2-03", "RFC7643-8.7.1-20"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "emails", |own| own["multiValued"] = json!(false)) })
    }),
};
