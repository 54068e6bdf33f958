//! An email must be the primary one.

use actix_web::http::Method;
use scim::{Error, ErrorKind};

use super::asked::refuse;
use super::{Breaks, Deviation, Seam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "emails.primary-demanded",
    summary: "a user with emails of which none is primary is refused with 400",
    breaks: Breaks::Requirements(&["RFC7643-2.4-06"]),
    seen: &["https://docs.aws.amazon.com/singlesignon/latest/developerguide/createuser.html"],
    parameter: None,
    seam: Seam::request(|_| {
        refuse(|incoming, body| {
            let is_user = matches!(*incoming.method, Method::POST | Method::PUT) && incoming.path.starts_with("/Users");
            let emails = body.get("emails")?.as_array().filter(|emails| is_user && !emails.is_empty())?;
            let has_primary = emails.iter().any(|email| email["primary"] == true);
            (!has_primary).then(|| Error::new(ErrorKind::InvalidValue, "one of the emails must have primary true"))
        })
    }),
};
