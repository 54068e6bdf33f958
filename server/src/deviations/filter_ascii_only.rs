//! Letters beyond ASCII are lost.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.ascii-only",
    summary: "characters beyond ASCII in a filter are read as question marks",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-54", "RFC7644-3.4.2.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Parameter {
            name: "filter",
            change: |text| Some(text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()),
        })
    }),
};
