//! Of several operations only the first is carried out.

use super::operations::{Misread};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.first-operation-only",
    summary: "of several operations in one request only the first is carried out",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-27", "RFC7644-3.5.2.2-14"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| operations.truncate(1)))),
};
