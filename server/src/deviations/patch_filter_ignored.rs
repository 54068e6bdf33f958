//! The filter in a path is ignored.

use super::operations::{Misread, is, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.filter-ignored",
    summary: "the filter in a path is ignored, and the operation concerns every value",
    breaks: Breaks::Requirements(&[
        "RFC7644-3.5.2-14",
        "RFC7644-3.5.2-15",
        "RFC7644-3.5.2.2-04",
        "RFC7644-3.5.2.2-06",
        "RFC7644-3.5.2.2-12",
        "RFC7644-3.5.2.3-09",
    ]),
    seen: &["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/201"],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Misread(|operations| {
            for operation in operations {
                let Some((attribute, rest)) = path(operation).and_then(|path| path.split_once('[')) else { continue };
                let sub_attribute = rest.rsplit_once(']').map_or("", |(_, sub_attribute)| sub_attribute);
                let whole = sub_attribute.is_empty();
                operation["path"] = format!("{attribute}{sub_attribute}").into();
                if whole && !is(operation, "remove") {
                    operation["value"] = vec![operation["value"].take()].into();
                }
            }
        }))
    }),
};
