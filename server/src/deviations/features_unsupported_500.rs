//! A feature that is published as unsupported breaks the handler.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "features.unsupported-500",
    summary: "bulk jobs are published as unsupported and answered 500",
    breaks: Breaks::Requirements(&["RFC7644-3.12-17", "RFC7644-3.12-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|rules| {
        rules.capabilities.remove(&Capability::Bulk);
        rules.published.remove(&Capability::Bulk);
        rules.refusals.insert(Capability::Bulk, 500);
    }),
};
