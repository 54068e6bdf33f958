//! Members may be named twice.

use serde_json::Value;

use super::operations::{Misread, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.nested-members-accepted",
    summary: "an operation with the path members takes an object with the member members as its value",
    breaks: Breaks::Permitted("a client that keeps to RFC 7644 section 3.5.2 sends none"),
    seen: &["https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_manage_groups.htm"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| operations.iter_mut().for_each(unnest)))),
};

fn unnest(operation: &mut Value) {
    if path(operation).is_some_and(|path| path.eq_ignore_ascii_case("members"))
        && let Some(inner) = operation["value"].get("members").cloned()
    {
        operation["value"] = inner;
    }
}
