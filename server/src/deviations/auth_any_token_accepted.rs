//! Any bearer token opens the endpoint.

use super::{Breaks, Deviation, Seam};
use crate::rules::Carelessness;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.any-token-accepted",
    summary: "any bearer token is accepted",
    breaks: Breaks::Requirements(&["RFC7644-2-04", "RFC7644-3.12-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.careless.insert(Carelessness::AnyToken);
    }),
};
