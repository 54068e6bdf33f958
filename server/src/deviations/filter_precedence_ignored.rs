//! and and or are read from left to right.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.precedence-ignored",
    summary: "in a filter, or before and binds first: the expression is read from left to right",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-44", "RFC7644-3.4.2.2-45"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Or(mut operands) => match operands.pop() {
            Some(Resolved::And(mut last)) => {
                // a or b and c is read as (a or b) and c.
                let first = last.remove(0);
                operands.push(first);
                last.insert(0, Resolved::Or(operands));
                Resolved::And(last)
            }
            last => {
                operands.extend(last);
                Resolved::Or(operands)
            }
        },
        other => other,
    }))),
};
