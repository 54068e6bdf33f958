//! Filters work and are not announced.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.filter-unannounced",
    summary: "ServiceProviderConfig says that filters are not supported, and they work",
    breaks: Breaks::Permitted("an endpoint may do more than it announces, and a client that believes it asks for whole lists"),
    seen: &["https://github.com/goauthentik/authentik/blob/main/authentik/providers/scim/clients/base.py"],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.published.remove(&Capability::FilterUsers);
        rules.published.remove(&Capability::FilterGroups);
    }),
};
