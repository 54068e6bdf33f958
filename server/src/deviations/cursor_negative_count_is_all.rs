//! A negative count in a walk means no limit.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.negative-count-is-all",
    summary: "in a walk, a negative count gives a full page instead of nobody",
    breaks: Breaks::Requirements(&["RFC9865-2-04", "RFC7644-3.4.2.4-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "count", change: |text| Some(text).filter(|text| !text.starts_with('-')) })),
};
