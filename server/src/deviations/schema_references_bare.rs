//! References that do not say what they refer to.



use super::discovery_documents::{Documents, Rewritten, each_attribute};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schema.references-bare",
    summary: "referenceTypes is left out",
    breaks: Breaks::Requirements(&["RFC7643-2.3.7-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Rewritten { documents: Documents::Schemas, change: |document| each_attribute(document, &mut |own| {
                if let Some(members) = own.as_object_mut() {
                    members.remove("referenceTypes");
                }
            }) })
    }),
};
