//! Complex values inside complex values.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.nested-complex",
    summary: "a sub-attribute of addresses is complex",
    breaks: Breaks::Requirements(&["RFC7643-1.2-04", "RFC7643-2.3.8-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "addresses.formatted", |own| {
                own["type"] = json!("complex");
                own["subAttributes"] = json!([{ "name": "line", "type": "string", "multiValued": true }]);
            }) })
    }),
};
