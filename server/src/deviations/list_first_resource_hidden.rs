//! A list of one hides its resource.

use super::shown::Lists;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.first-resource-hidden",
    summary: "a list with one match has a totalResults of 1 and no Resources",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Lists(|list| {
            list.shift_remove("Resources");
        }))
    }),
};
