//! Paths have no filters.

use actix_web::http::Method;
use scim::{Error, ErrorKind};

use super::asked::refuse;
use super::operations::path;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.path-filter-refused",
    summary: "an operation whose path has a filter is refused as invalidPath",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-14", "RFC7644-3.5.2-15", "RFC7644-3.5.2.2-04"]),
    seen: &["https://docs.github.com/en/rest/scim/scim"],
    parameter: None,
    seam: Seam::Request(|_| {
        refuse(|incoming, body| {
            let operations = body.get("Operations")?.as_array().filter(|_| *incoming.method == Method::PATCH)?;
            let filtered = operations.iter().any(|operation| path(operation).is_some_and(|path| path.contains('[')));
            filtered.then(|| Error::new(ErrorKind::InvalidPath, "filters in paths are not supported; name the attribute"))
        })
    }),
};
