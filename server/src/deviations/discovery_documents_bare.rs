//! Discovery documents without schemas and meta.



use super::discovery_documents::{Documents, Rewritten};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.documents-bare",
    summary: "resource types and schemas come without schemas, id and meta",
    breaks: Breaks::Requirements(&["RFC7643-7-04", "RFC7643-3.1-01", "RFC7644-4-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| {
            if let Some(members) = document.as_object_mut() {
                members.remove("schemas");
                members.remove("meta");
            }
        } })
    }),
};
