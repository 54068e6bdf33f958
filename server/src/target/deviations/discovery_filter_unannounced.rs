//! Filters work and are not announced.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.filter-unannounced",
    summary: "ServiceProviderConfig says that filters are not supported, and they work",
    breaks: Breaks::Requirements(&["RFC7643-5-28"]),
    seen: &["https://github.com/goauthentik/authentik/blob/main/authentik/providers/scim/clients/base.py"],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.published.remove(&Capability::FilterUsers);
        rules.published.remove(&Capability::FilterGroups);
    }),
};
