//! The removal of a sub-attribute removes the whole value.

use super::operations::{Misread, is, path};
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.sub-attribute-widened",
    summary: "remove of a sub-attribute removes the whole value that it belongs to",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.2-07", "RFC7644-3.5.2.2-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| {
        Box::new(Misread(|operations| {
            for operation in operations.iter_mut().filter(|operation| is(operation, "remove")) {
                let Some(path) = path(operation).filter(|path| !path.starts_with("urn:")) else { continue };
                let whole = match path.rsplit_once(']') {
                    Some((filter, _)) => format!("{filter}]"),
                    None => path.split('.').next().unwrap_or(path).to_owned(),
                };
                operation["path"] = whole.into();
            }
        }))
    }),
};
