//! A request without credentials is carried out.

use super::{Breaks, Deviation, Seam};
use crate::rules::Carelessness;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.anonymous-accepted",
    summary: "a request without credentials is carried out",
    breaks: Breaks::Requirements(&["RFC7642-4-01", "RFC7644-2-07", "RFC7644-3.12-10", "RFC9865-5.2-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.careless.insert(Carelessness::Missing);
    }),
};
