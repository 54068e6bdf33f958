//! id has no value for a filter.

use scim::filter::Resolved;
use scim::schema::common;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.id-not-found",
    summary: "a filter on id finds nobody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-68", "RFC7644-3.4.2.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Nodes(|filter, _| match filter {
        Resolved::Compare(comparison) if comparison.attribute == common::ID => Resolved::Nothing,
        other => other,
    }))),
};
