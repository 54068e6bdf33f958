//! One set of characteristics for every attribute, whatever its type.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten, each_attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.same-for-all",
    summary: "booleans and complex attributes are published as caseExact and unique",
    breaks: Breaks::Requirements(&["RFC7643-2.3.2-03", "RFC7643-2.3.8-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| each_attribute(document, &mut |own| {
                if own["type"] == "boolean" || own["type"] == "complex" {
                    own["caseExact"] = json!(true);
                    own["uniqueness"] = json!("server");
                }
            }) })
    }),
};
