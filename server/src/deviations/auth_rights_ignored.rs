//! Credentials that may only read can write.

use super::{Breaks, Deviation, Seam};
use crate::rules::Carelessness;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "auth.rights-ignored",
    summary: "credentials that may only read can write",
    breaks: Breaks::Requirements(&["RFC7644-2-08", "RFC7644-2-10", "RFC7644-3.12-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.careless.insert(Carelessness::Rights);
    }),
};
