//! ne finds what is equal.

use scim::filter::{Operator, Resolved};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.ne-as-eq",
    summary: "ne is answered as eq",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-20"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(mut comparison) => {
            if comparison.operator == Operator::NotEqual {
                comparison.operator = Operator::Equal;
            }
            Resolved::Compare(comparison)
        }
        other => other,
    }))),
};
