//! Values end at the first blank.

use serde_json::Value;

use super::operations::Misread;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.value-cut-at-blank",
    summary: "a text in an operation is stored up to its first blank",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-15", "RFC7644-3.5.2.3-02"]),
    seen: &["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/972"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| operations.iter_mut().for_each(misread)))),
};

fn misread(operation: &mut Value) {
    if let Some(first) = operation["value"].as_str().and_then(|text| text.split(' ').next()) {
        operation["value"] = first.into();
    }
}
