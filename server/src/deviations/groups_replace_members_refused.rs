//! Members can be added and removed one by one only.

use scim::{Error, ErrorKind};
use serde_json::Value;

use super::asked::refuse;
use super::operations::{Kind, group_operations, kind_of, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.replace-members-refused",
    summary: "a PATCH that replaces or removes all members of a group is refused with 400",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.3-12", "RFC7644-3.5.2.2-03"]),
    seen: &["https://docs.aws.amazon.com/singlesignon/latest/developerguide/patchgroup.html"],
    parameter: None,
    seam: Seam::request(|_| {
        refuse(|incoming, body| {
            let operations = group_operations(incoming, body)?;
            let replaces = |operation: &Value| match kind_of(operation) {
                Kind::ReplaceMembers => true,
                Kind::RemoveMembers => {
                    path(operation).is_some_and(|path| path.eq_ignore_ascii_case("members"))
                        && operation.get("value").is_none()
                }
                Kind::AddMembers | Kind::Other => false,
            };
            let refused = operations.iter().any(replaces);
            refused.then(|| Error::new(ErrorKind::BadRequest, "Replacing group memberships is not supported."))
        })
    }),
};
