//! gt and lt take equality in.

use scim::filter::{Operator, Resolved};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.bounds-included",
    summary: "gt is answered as ge, and lt as le",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-32", "RFC7644-3.4.2.2-33", "RFC7644-3.4.2.2-34"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(mut comparison) => {
            comparison.operator = match comparison.operator {
                Operator::GreaterThan => Operator::GreaterOrEqual,
                Operator::LessThan => Operator::LessOrEqual,
                other => other,
            };
            Resolved::Compare(comparison)
        }
        other => other,
    }))),
};
