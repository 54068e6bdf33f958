//! In a query over all types, a missing attribute matches.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "root.unknown-attribute-matches",
    summary: "in a query over all types, a condition on an attribute that a type lacks is true",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.1-05", "RFC7644-3.4.2.1-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Nothing => Resolved::Not(Box::new(Resolved::Nothing)),
        other => other,
    }))),
};
