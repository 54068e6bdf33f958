//! The schema publishes as returned by default what is shown on request only.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.says-default",
    summary: "an attribute that is returned on request is published as returned by default",
    breaks: Breaks::Requirements(&["RFC7643-2.2-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::GAUGE_USER, "biography", |own| own["returned"] = json!("default")) })
    }),
};
