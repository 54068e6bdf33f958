//! Authentication schemes that do not say how.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.schemes-bare",
    summary: "authentication schemes have neither type nor description, and all are primary",
    breaks: Breaks::Requirements(&["RFC7643-5-22", "RFC7643-5-24", "RFC7643-5-27"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ServiceProviderConfig, change: |document| {
            for scheme in document["authenticationSchemes"].as_array_mut().into_iter().flatten() {
                if let Some(members) = scheme.as_object_mut() {
                    members.remove("type");
                    members.remove("description");
                    members.insert("primary".into(), json!(true));
                }
            }
        } })
    }),
};
