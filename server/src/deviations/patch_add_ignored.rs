//! `add` is answered as done and does nothing.

use super::operations::{Misread, ignore};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.add-ignored",
    summary: "add operations succeed without any effect",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.1-05", "RFC7644-3.5.2.1-06", "RFC7644-3.5.2.1-09", "RFC7644-3.5.2.1-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| ignore(operations, "add")))),
};
