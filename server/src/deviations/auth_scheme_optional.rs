//! A token counts without the word Bearer before it.

use super::{Breaks, Deviation, Seam};
use crate::rules::Carelessness;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.scheme-optional",
    summary: "a token is accepted without its scheme",
    breaks: Breaks::Requirements(&["RFC7644-2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.careless.insert(Carelessness::NoScheme);
    }),
};
