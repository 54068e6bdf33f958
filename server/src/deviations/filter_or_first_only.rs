//! Of the alternatives of an or, only the first counts.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.or-first-only",
    summary: "a filter with or finds what its first side matches and no more",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-41", "RFC7644-3.4.2.2-45"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Or(mut operands) => operands.swap_remove(0),
        other => other,
    }))),
};
