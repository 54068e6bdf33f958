//! The schema publishes as caseExact what is compared without case.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-case-exact",
    summary: "displayName is published as caseExact, and filters disregard its letter case",
    breaks: Breaks::Requirements(&["RFC7643-7-23"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "displayName", |own| own["caseExact"] = json!(true)) })
    }),
};
