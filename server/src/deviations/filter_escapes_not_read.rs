//! Escapes in a filter stand for themselves.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.escapes-not-read",
    summary: "coded characters in a filter are not read: a backslash and a u stand for themselves",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-54"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "filter", change: |text| Some(text.replace("\\u", "\\\\u")) })),
};
