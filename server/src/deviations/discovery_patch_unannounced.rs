//! PATCH works and is published as missing.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.patch-unannounced",
    summary: "ServiceProviderConfig says that PATCH is not supported, and it works",
    breaks: Breaks::Requirements(&["RFC7644-3.5-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.published.remove(&Capability::PatchUsers);
        rules.published.remove(&Capability::PatchGroups);
    }),
};
