//! `remove` is answered as done and does nothing.

use super::operations::{Misread, ignore};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.remove-ignored",
    summary: "remove operations succeed without any effect",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.2-02", "RFC7644-3.5.2.2-03", "RFC7644-3.5.2.2-04"]),
    seen: &["https://github.com/goauthentik/authentik/issues/24173"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| ignore(operations, "remove")))),
};
