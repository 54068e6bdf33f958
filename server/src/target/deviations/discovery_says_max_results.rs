//! A largest page that is not kept.

use serde_json::json;

use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.says-max-results",
    summary: "filter.maxResults is published as 1, and lists are longer",
    breaks: Breaks::Requirements(&["RFC7643-5-13"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ServiceProviderConfig, change: |document| document["filter"]["maxResults"] = json!(1) })
    }),
};
