//! A count of 0 means no limit.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.count-zero-is-all",
    summary: "count=0 gives a full page instead of the total alone",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "count", change: |text| Some(text).filter(|text| text != "0") })),
};
