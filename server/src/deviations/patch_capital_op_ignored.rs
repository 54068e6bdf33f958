//! Operations in capitals do nothing.

use serde_json::Value;

use super::operations::{Misread, nothing};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.capital-op-ignored",
    summary: "an operation whose op is not in lower case succeeds without any effect",
    // Whether the case of op counts is open; that a success has its effect is not.
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-22"]),
    seen: &["https://github.com/pydantic/logfire/issues/2355"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| operations.iter_mut().for_each(misread)))),
};

fn misread(operation: &mut Value) {
    if operation["op"].as_str().is_some_and(|op| op.chars().any(char::is_uppercase)) {
        *operation = nothing();
    }
}
