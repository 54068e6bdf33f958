//! Multi-valued attributes take one value.

use actix_web::http::Method;
use scim::{Error, ErrorKind};

use super::asked::refuse;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "values.one-only",
    summary: "a user with more than one value in a multi-valued attribute is refused with 400",
    breaks: Breaks::Requirements(&["RFC7643-2.4-01"]),
    seen: &["https://docs.aws.amazon.com/singlesignon/latest/developerguide/createuser.html"],
    parameter: None,
    seam: Seam::request(|_| {
        refuse(|incoming, body| {
            let is_user = matches!(*incoming.method, Method::POST | Method::PUT) && incoming.path.starts_with("/Users");
            let several = body.as_object()?.iter().find(|(name, value)| {
                is_user && *name != "schemas" && value.as_array().is_some_and(|values| values.len() > 1)
            })?;
            let detail = format!("{} takes one value here; send one", several.0);
            Some(Error::new(ErrorKind::InvalidValue, detail))
        })
    }),
};
