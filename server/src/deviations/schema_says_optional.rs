//! The schema hides that an attribute is required.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-optional",
    summary: "a sub-attribute that is required is published as optional",
    breaks: Breaks::Requirements(&["RFC7643-2.2-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::GAUGE_USER, "locker.building", |own| own["required"] = json!(false)) })
    }),
};
