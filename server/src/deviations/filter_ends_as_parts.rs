//! sw and ew are answered as co.

use scim::filter::{Operator, Resolved};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.ends-as-parts",
    summary: "sw and ew find their text anywhere in a value",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-25"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(mut comparison) => {
            if matches!(comparison.operator, Operator::StartsWith | Operator::EndsWith) {
                comparison.operator = Operator::Contains;
            }
            Resolved::Compare(comparison)
        }
        other => other,
    }))),
};
