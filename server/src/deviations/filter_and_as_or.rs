//! and is read as or.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.and-as-or",
    summary: "a resource that meets one side of an and is found",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-40", "RFC7644-3.4.2.2-45"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::And(operands) => Resolved::Or(operands),
        other => other,
    }))),
};
