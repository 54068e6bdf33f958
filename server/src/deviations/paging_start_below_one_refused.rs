//! A startIndex below 1 is an error.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.start-below-one-refused",
    summary: "startIndex=0 is refused instead of being read as 1",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Parameter { name: "startIndex", change: |text| {
        let below = text.parse::<i64>().is_ok_and(|start| start < 1);
        Some(if below { "refused".to_owned() } else { text })
    } })),
};
