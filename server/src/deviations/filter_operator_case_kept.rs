//! Operators in a filter have to be in lower-case letters.

use super::rewriting::Parameter;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.operator-case-kept",
    summary: "an operator in capital letters is refused",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-06", "RFC7643-2.1-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Parameter {
            name: "filter",
            change: |text| Some(text.replace(" EQ ", " unknown ").replace(" Eq ", " unknown ")),
        })
    }),
};
