//! Nobody can be left.

use actix_web::http::Method;
use scim::{Error, ErrorKind};

use super::asked::refuse;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.empty-list-refused",
    summary: "an operation with an empty list as its value is refused with 400",
    breaks: Breaks::Requirements(&["RFC7643-2.5-04", "RFC7643-2.5-03"]),
    seen: &["https://github.com/Captain-P-Goldfish/SCIM-SDK/issues/757"],
    parameter: None,
    seam: Seam::Request(|_| {
        refuse(|incoming, body| {
            let operations = body.get("Operations")?.as_array().filter(|_| *incoming.method == Method::PATCH)?;
            let empty = operations.iter().any(|operation| operation["value"].as_array().is_some_and(Vec::is_empty));
            empty.then(|| Error::new(ErrorKind::InvalidValue, "the list of values is empty"))
        })
    }),
};
