//! Operations without path are refused.

use super::operations::{Misread, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.path-asked-for",
    summary: "add and replace without path are refused",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-09", "RFC7644-3.5.2.1-03", "RFC7644-3.5.2.1-04", "RFC7644-3.5.2.1-15", "RFC7644-3.5.2.3-01", "RFC7644-3.5.2.3-10"]),
    seen: &["https://github.com/Metatavu/keycloak-scim-server/pull/101"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| {
        for operation in operations.iter_mut().filter(|operation| path(operation).is_none()) {
            operation["path"] = "".into();
        }
    }))),
};
