//! Letter case is ignored where it matters.

use scim::filter::resolve::Operand;
use scim::filter::{Resolved, ResolvedComparison};
use scim::text::MatchingRule;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.case-exact-ignored",
    summary: "a filter finds values of caseExact attributes in any letter case",
    breaks: Breaks::Requirements(&["RFC7643-3.1-12", "RFC7643-3.1-19", "RFC7643-7-23", "RFC7643-2.3.6-04", "RFC7644-3.4.2.2-12", "RFC7644-3.4.2.2-18", "RFC7644-3.4.2.2-26", "RFC7644-3.4.2.2-65"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(ResolvedComparison { attribute, sub_attribute, operator, value: Operand::Exact(text) }) => {
            let value = Operand::Folded(MatchingRule::Folded.key(&text).into_owned());
            Resolved::Compare(ResolvedComparison { attribute, sub_attribute, operator, value })
        }
        other => other,
    }))),
};
