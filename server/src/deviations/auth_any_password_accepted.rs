//! Any user and password open the endpoint.

use super::{Breaks, Deviation, Seam};
use crate::rules::Carelessness;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.any-password-accepted",
    summary: "any user and password are accepted",
    breaks: Breaks::Requirements(&["RFC7642-4-01", "RFC7644-3.12-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.careless.insert(Carelessness::AnyPassword);
    }),
};
