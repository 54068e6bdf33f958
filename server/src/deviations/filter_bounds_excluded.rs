//! ge and le leave equality out.

use scim::filter::{Operator, Resolved};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.bounds-excluded",
    summary: "ge is answered as gt, and le as lt",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-39"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(mut comparison) => {
            comparison.operator = match comparison.operator {
                Operator::GreaterOrEqual => Operator::GreaterThan,
                Operator::LessOrEqual => Operator::LessThan,
                other => other,
            };
            Resolved::Compare(comparison)
        }
        other => other,
    }))),
};
