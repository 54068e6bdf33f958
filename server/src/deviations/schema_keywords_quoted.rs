//! Keywords with quotation marks.

use scim::schema::standard;
use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.keywords-quoted",
    summary: "the word for mutability is published inside a second pair of quotation marks",
    breaks: Breaks::Requirements(&["RFC7643-1.1-02", "RFC7643-7-34"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| attribute(document, standard::USER, "title", |own| own["mutability"] = json!("\"readWrite\"")) })
    }),
};
