//! `replace` is answered as done and does nothing.

use super::operations::{Misread, ignore};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.replace-ignored",
    summary: "replace operations succeed without any effect",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.3-01", "RFC7644-3.5.2.3-02", "RFC7644-3.5.2.3-03"]),
    seen: &["https://github.com/NorthlandPositronics/Cogtrix/issues/432"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| ignore(operations, "replace")))),
};
