//! The conditions in square brackets may be met by different values.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.value-path-split",
    summary: "the conditions in square brackets are tested one by one, each against any value",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-48", "RFC7644-3.4.2.2-58"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::ValuePath { attribute, filter } => match *filter {
            Resolved::And(operands) => {
                let apart = |filter| Resolved::ValuePath { attribute, filter: Box::new(filter) };
                Resolved::And(operands.into_iter().map(apart).collect())
            }
            other => Resolved::ValuePath { attribute, filter: Box::new(other) },
        },
        other => other,
    }))),
};
