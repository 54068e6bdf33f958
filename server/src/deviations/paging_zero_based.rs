//! Positions in a list are counted from 0.

use super::rewriting::Queries;
use super::{Breaks, Deviation, Seam};
use crate::store::Window;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.zero-based",
    summary: "startIndex counts from 0: startIndex=1 begins with the second resource",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-04", "RFC7644-3.4.2.4-05", "RFC7644-3.4.2.4-06", "RFC7644-3.4.2.4-15"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Queries(|query| {
            if let Window::Index { start, .. } = &mut query.window {
                *start = start.saturating_add(1);
            }
        }))
    }),
};
