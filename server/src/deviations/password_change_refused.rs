//! A password cannot be changed although discovery says so.

use scim::capability::Capability;

use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "password.change-refused",
    summary: "changing a password is refused although ServiceProviderConfig says that it is supported",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::Rules(|rules| {
        rules.capabilities.remove(&Capability::ChangePassword);
    }),
};
