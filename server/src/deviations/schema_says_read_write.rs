//! The schema publishes as readWrite what cannot be changed.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-read-write",
    summary: "an immutable attribute is published as readWrite",
    breaks: Breaks::Requirements(&["RFC7643-2.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::GAUGE_USER, "payrollNumber", |own| own["mutability"] = json!("readWrite")) })
    }),
};
