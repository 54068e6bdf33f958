//! `replace` keeps what is there.

use serde_json::Value;

use super::operations::{Misread, is, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.replace-adds",
    summary: "replace of a multi-valued attribute adds its values to those that are there",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.3-03", "RFC7644-3.5.2.3-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| operations.iter_mut().for_each(misread)))),
};

fn misread(operation: &mut Value) {
    if is(operation, "replace") && operation.get("value").is_some_and(Value::is_array) && path(operation).is_some() {
        operation["op"] = "add".into();
    }
}
