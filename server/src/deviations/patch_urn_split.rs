//! A path with a URN is split at the first dot, which is the one in the URN's version.

use serde_json::{Map, Value};

use super::operations::{Misread, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.urn-split",
    summary: "paths and member names with a URN are split at the dot in its version",
    breaks: Breaks::Requirements(&[
        "RFC7644-3.10-01",
        "RFC7644-3.5.2-16",
        "RFC7644-3.5.2-25",
        "RFC7644-3.5.2-26",
        "RFC7644-3.5.2.1-15",
        "RFC7644-3.5.2.2-15",
    ]),
    seen: &["https://github.com/thomaspoignant/scim-patch/issues/19"],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Misread(|operations| {
            for operation in operations {
                if let Some(path) = path(operation).filter(|path| path.starts_with("urn:")) {
                    operation["path"] = before_dot(path).into();
                }
                if let Some(members) = operation.get_mut("value").and_then(Value::as_object_mut) {
                    *members = std::mem::take(members)
                        .into_iter()
                        .map(|(name, value)| (before_dot(&name).to_owned(), value))
                        .collect::<Map<_, _>>();
                }
            }
        }))
    }),
};

fn before_dot(name: &str) -> &str {
    if name.starts_with("urn:") { name.split('.').next().unwrap_or(name) } else { name }
}
