//! Lists are always ascending.

use super::rewriting::Queries;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.order-ignored",
    summary: "sortOrder is ignored: every list is ascending",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.3-08", "RFC7644-3.4.2.3-13", "RFC7644-3.4.3-15", "RFC7644-3.4.3-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Queries(|query| {
if let Some(sort) = &mut query.sort {
 sort.descending = false;
}
}))),
};
