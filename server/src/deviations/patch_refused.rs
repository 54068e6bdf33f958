//! PATCH is refused although discovery publishes it.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.refused",
    summary: "PATCH is answered 501 although ServiceProviderConfig says that it is supported",
    breaks: Breaks::Requirements(&["RFC7644-3.5-02", "RFC7644-3.5-03"]),
    seen: &["https://github.com/bitwarden/server/issues/2919"],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        for capability in [Capability::PatchUsers, Capability::PatchGroups] {
            rules.capabilities.remove(&capability);
            rules.refusals.remove(&capability);
        }
    }),
};
