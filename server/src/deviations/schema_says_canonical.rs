//! The schema offers values that are refused.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-canonical",
    summary: "country is published with names of countries, which are refused",
    breaks: Breaks::Requirements(&["RFC7643-7-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "addresses.country", |own| own["canonicalValues"] = json!(["Germany", "Norway"])) })
    }),
};
