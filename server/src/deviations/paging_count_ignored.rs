//! Pages are as long as can be.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.count-ignored",
    summary: "count is ignored: every page is as long as the endpoint likes",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-07", "RFC7644-3.4.2.4-08", "RFC7644-3.4.2.4-09", "RFC7644-3.4.2-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "count", change: |_| None })),
};
