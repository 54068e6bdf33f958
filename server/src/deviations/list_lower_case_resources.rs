//! The list is called resources.

use super::shown::Lists;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.lower-case-resources",
    summary: "the member Resources of a list is written resources",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| {
        Box::new(Lists(|list| {
            let named = std::mem::take(list).into_iter();
            *list = named.map(|(name, value)| (if name == "Resources" { "resources".into() } else { name }, value)).collect();
        }))
    }),
};
