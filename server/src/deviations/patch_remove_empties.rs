//! `remove` takes everything.

use serde_json::Value;

use super::operations::{Misread, is, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.remove-empties",
    summary: "remove with a filter in its path removes every value of the attribute",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-06"]),
    seen: &["https://github.com/FusionAuth/fusionauth-issues/issues/2834"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Misread(|operations| operations.iter_mut().for_each(misread)))),
};

fn misread(operation: &mut Value) {
    if is(operation, "remove")
        && let Some((attribute, _)) = path(operation).and_then(|path| path.split_once('['))
    {
        operation["path"] = attribute.into();
    }
}
