//! Booleans of `ServiceProviderConfig` as text.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.flags-as-text",
    summary: "supported is published as the text true or false",
    breaks: Breaks::Requirements(&["RFC7643-5-06", "RFC7643-5-08", "RFC7643-8.7.2-03", "RFC7643-8.7.2-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ServiceProviderConfig, change: |document| {
            for feature in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
                let text = document[feature]["supported"].as_bool().unwrap_or_default().to_string();
                document[feature]["supported"] = json!(text);
            }
        } })
    }),
};
