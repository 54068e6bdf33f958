//! Features that are not supported are left out of `ServiceProviderConfig`.



use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.config-incomplete",
    summary: "what is not supported is left out, limits of bulk included",
    breaks: Breaks::Requirements(&["RFC7643-5-07", "RFC7643-5-09", "RFC7643-5-10", "RFC7643-5-16"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::ServiceProviderConfig, change: |document| {
            if let Some(members) = document.as_object_mut() {
                members.remove("bulk");
                members.remove("sort");
            }
        } })
    }),
};
