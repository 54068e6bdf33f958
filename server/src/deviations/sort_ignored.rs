//! Lists are in the order of creation.

use super::rewriting::Queries;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.ignored",
    summary: "sortBy is ignored although sorting is published",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.3-03", "RFC7644-3.4.2.3-04", "RFC7644-3.4.2.3-05", "RFC7644-3.4.2.3-08", "RFC7644-3.4.2.3-09", "RFC7644-3.4.2.3-10", "RFC7644-3.4.2.3-12", "RFC7644-3.4.2.3-13", "RFC7644-3.4.2.3-14", "RFC7644-3.4.3-12", "RFC7644-3.4.3-14", "RFC7644-3.4.3-15", "RFC7644-3.4.2.4-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Queries(|query| {
query.sort = None;
}))),
};
