//! The schema hides that an attribute is unique.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-not-unique",
    summary: "an attribute that is unique is published without uniqueness",
    breaks: Breaks::Requirements(&["RFC7643-2.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::GAUGE_USER, "parkingPermit", |own| own["uniqueness"] = json!("none")) })
    }),
};
