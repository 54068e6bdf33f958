//! PUT is refused.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.refused",
    summary: "PUT is answered with 501, because updates are expected as PATCH",
    breaks: Breaks::Requirements(&["RFC7644-3.5-01", "RFC7644-3.2-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|rules| {
        for capability in [Capability::ReplaceUsers, Capability::ReplaceGroups] {
            rules.capabilities.remove(&capability);
            rules.refusals.remove(&capability);
        }
    }),
};
