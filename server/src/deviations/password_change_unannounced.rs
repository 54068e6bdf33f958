//! A password can be changed although discovery says that it cannot.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "password.change-unannounced",
    summary: "a password can be changed although ServiceProviderConfig says that it is not supported",
    breaks: Breaks::Requirements(&["RFC7643-5-15"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|rules| {
        rules.published.remove(&Capability::ChangePassword);
    }),
};
