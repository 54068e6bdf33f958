//! Without filters, a filter is ignored.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.unsupported-ignored",
    summary: "filters are published as not supported, and a list with one holds everybody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        for filter in [Capability::FilterUsers, Capability::FilterGroups] {
            rules.capabilities.remove(&filter);
            rules.published.remove(&filter);
        }
        rules.missing_filter_ignored = true;
    }),
};
