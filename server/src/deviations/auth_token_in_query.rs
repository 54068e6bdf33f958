//! A token in the query opens the endpoint.

use super::{Breaks, Deviation, Seam};
use crate::rules::Carelessness;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.token-in-query",
    summary: "the parameter access_token is accepted instead of the Authorization header",
    breaks: Breaks::Requirements(&["RFC7642-4-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.careless.insert(Carelessness::TokenInQuery);
    }),
};
