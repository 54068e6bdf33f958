//! A complex attribute is replaced as a whole, whatever its value leaves out.

use serde_json::{Value, json};

use super::operations::{Misread, is, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.complex-replaced",
    summary: "add and replace of a complex attribute lose the sub-attributes that are not given",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.1-06", "RFC7644-3.5.2.3-05"]),
    seen: &["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/327"],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Misread(|operations| {
            let mut all = Vec::with_capacity(operations.len());
            for operation in operations.drain(..) {
                let is_complex = operation.get("value").is_some_and(Value::is_object) && !is(&operation, "remove");
                if let Some(path) = path(&operation).filter(|path| is_complex && !path.contains('[')) {
                    all.push(json!({"op": "remove", "path": path}));
                }
                all.push(operation);
            }
            *operations = all;
        }))
    }),
};
