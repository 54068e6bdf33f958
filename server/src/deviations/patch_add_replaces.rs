//! `add` is taken for `replace`.

use super::operations::{Misread, is};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.add-replaces",
    summary: "add puts its values in the place of the old ones instead of appending them",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.1-04", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| {
        for operation in operations.iter_mut().filter(|operation| is(operation, "add")) {
            operation["op"] = "replace".into();
        }
    }))),
};
