//! PATCH on groups is refused although discovery publishes PATCH.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.groups-refused",
    summary: "PATCH on groups is answered 501 although ServiceProviderConfig says that PATCH is supported",
    breaks: Breaks::Requirements(&["RFC7643-5-28", "RFC7644-3.5.2-41"]),
    seen: &["https://github.com/goauthentik/authentik/issues/11249"],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.capabilities.remove(&Capability::PatchGroups);
        rules.refusals.remove(&Capability::PatchGroups);
    }),
};
