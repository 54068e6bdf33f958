//! Later pages of a walk are not filtered.

use super::rewriting::Queries;
use super::{Breaks, Deviation, Seam};
use crate::store::Window;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.filter-ignored-later",
    summary: "only the first page of a walk is filtered",
    breaks: Breaks::Requirements(&["RFC9865-2-24", "RFC9865-2-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Queries(|query| {
            if matches!(query.window, Window::After { mark: Some(_), .. }) {
                query.filter = None;
            }
        }))
    }),
};
