//! Attribute names for people.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.names-with-blanks",
    summary: "an attribute is published with a blank in its name",
    breaks: Breaks::Requirements(&["RFC7643-2.1-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::ENTERPRISE_USER, "costCenter", |own| own["name"] = json!("Cost Center")) })
    }),
};
