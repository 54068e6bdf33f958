//! The groups of a user have no value for a filter.

use scim::filter::Resolved;

use super::rewriting::Nodes;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.groups-of-users-not-found",
    summary: "filters on groups and members find nobody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-58", "RFC7644-3.4.2.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Nodes(|filter, registry| match filter {
            Resolved::Compare(comparison)
                if [registry.groups(), registry.members()].contains(&Some(comparison.attribute)) =>
            {
                Resolved::Nothing
            }
            other => other,
        }))
    }),
};
