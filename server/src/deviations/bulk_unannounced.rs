//! Jobs are carried out although discovery says that there is no bulk.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.unannounced",
    summary: "bulk is published as unsupported, and jobs are carried out",
    breaks: Breaks::Requirements(&["RFC7644-3.7-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.published.remove(&Capability::Bulk);
    }),
};
