//! The schema publishes as required what can be left out.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-required",
    summary: "nickName is published as required, and a user without it is taken",
    breaks: Breaks::Requirements(&["RFC7643-7-19"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "nickName", |own| own["required"] = json!(true)) })
    }),
};
