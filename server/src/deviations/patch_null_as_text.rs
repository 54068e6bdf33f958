//! Null and the empty list are stored as an empty text.

use serde_json::Value;

use super::operations::{Misread, is};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.null-as-text",
    summary: "null and an empty list are read as an empty text",
    breaks: Breaks::Requirements(&["RFC7643-2.5-04"]),
    seen: &[
        "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/104",
        "https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757",
    ],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Misread(|operations| {
            for operation in operations.iter_mut().filter(|operation| !is(operation, "remove")) {
                match operation.get_mut("value") {
                    Some(Value::Object(members)) => members.values_mut().for_each(to_text),
                    Some(value) => to_text(value),
                    None => {}
                }
            }
        }))
    }),
};

fn to_text(value: &mut Value) {
    if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
        *value = "".into();
    }
}
