//! The credentials of one application open all of them.

use super::{Breaks, Deviation, Seam};
use crate::rules::Carelessness;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "tenants.credentials-shared",
    summary: "the credentials of any application open every application",
    breaks: Breaks::Requirements(&["RFC7644-6.1-03", "RFC7644-6-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|_, rules| {
        rules.careless.insert(Carelessness::OtherApplications);
    }),
};
