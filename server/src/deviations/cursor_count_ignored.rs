//! Pages of a walk are as long as can be.

use super::rewriting::Queries;
use super::{Breaks, Deviation, Seam};
use crate::store::Window;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.count-ignored",
    summary: "in a walk, count is ignored",
    breaks: Breaks::Requirements(&["RFC9865-2-04", "RFC9865-2-05", "RFC9865-2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Queries(|query| {
            if let Window::After { count, .. } = &mut query.window {
                *count = 200;
            }
        }))
    }),
};
