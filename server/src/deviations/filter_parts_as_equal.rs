//! co, sw and ew find whole values only.

use scim::filter::{Operator, Resolved};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.parts-as-equal",
    summary: "co, sw and ew are answered as eq",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-23", "RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-25", "RFC7644-3.4.2.2-26"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(mut comparison) => {
            if matches!(comparison.operator, Operator::Contains | Operator::StartsWith | Operator::EndsWith) {
                comparison.operator = Operator::Equal;
            }
            Resolved::Compare(comparison)
        }
        other => other,
    }))),
};
