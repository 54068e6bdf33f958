//! externalId is demanded.

use actix_web::http::Method;
use scim::{Error, ErrorKind};

use super::asked::refuse;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.external-id-demanded",
    summary: "a user without externalId is refused with 400",
    breaks: Breaks::Requirements(&["RFC7643-3.1-21", "RFC7643-1.1-01"]),
    seen: &["https://docs.gitlab.com/development/internal_api/"],
    parameter: None,
    seam: Seam::request(|_| {
        refuse(|incoming, body| {
            let creates = *incoming.method == Method::POST && incoming.path == "/Users" && body.is_object();
            let missing = creates && body.get("externalId").is_none();
            missing.then(|| Error::new(ErrorKind::InvalidValue, "externalId is missing; send the id at your side"))
        })
    }),
};
