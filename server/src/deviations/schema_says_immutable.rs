//! The schema publishes as immutable what can be changed.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-immutable",
    summary: "nickName is published as immutable, and can be changed all the same",
    breaks: Breaks::Requirements(&["RFC7643-7-31"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "nickName", |own| own["mutability"] = json!("immutable")) })
    }),
};
