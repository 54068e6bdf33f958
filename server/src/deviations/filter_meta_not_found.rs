//! The parts of meta have no value for a filter.

use scim::filter::Resolved;
use scim::schema::common;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.meta-not-found",
    summary: "a filter on a part of meta finds nobody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-68", "RFC7644-3.4.2.2-15", "RFC7644-3.4.2.2-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(comparison) if comparison.attribute == common::META => Resolved::Nothing,
        other => other,
    }))),
};
