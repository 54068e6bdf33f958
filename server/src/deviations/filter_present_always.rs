//! pr finds everybody.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.present-always",
    summary: "pr is true for every resource, with the value or without",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-29", "RFC7644-3.4.2.2-30", "RFC7644-3.4.2.2-31"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Present { .. } => Resolved::Not(Box::new(Resolved::Nothing)),
        other => other,
    }))),
};
