//! not changes nothing.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.not-ignored",
    summary: "a filter with not finds what it should leave out",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-45"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Not(inner) => *inner,
        other => other,
    }))),
};
