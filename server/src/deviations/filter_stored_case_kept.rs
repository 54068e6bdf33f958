//! The text of a filter is folded, the stored text is not.

use scim::filter::resolve::Operand;
use scim::filter::{Resolved, ResolvedComparison};

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.stored-case-kept",
    summary: "a filter folds its own text but not what is stored, so that capital letters are never found",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-11", "RFC7644-3.4.2.2-26", "RFC7644-3.4.2.2-65", "RFC7643-7-26"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(ResolvedComparison { attribute, sub_attribute, operator, value }) => {
            let value = match value {
                Operand::Folded(text) | Operand::Username(text) => Operand::Exact(text),
                other => other,
            };
            Resolved::Compare(ResolvedComparison { attribute, sub_attribute, operator, value })
        }
        other => other,
    }))),
};
