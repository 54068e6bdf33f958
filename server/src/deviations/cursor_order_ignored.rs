//! Walks are not sorted.

use super::rewriting::Queries;
use super::{Breaks, Deviation, Seam};
use crate::store::Window;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.order-ignored",
    summary: "sortBy is ignored in a walk by cursor",
    breaks: Breaks::Requirements(&["RFC9865-2.2-01", "RFC7644-3.4.2.3-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Queries(|query| {
            if matches!(query.window, Window::After { .. }) {
                query.sort = None;
            }
        }))
    }),
};
