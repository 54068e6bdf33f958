//! A PUT with read-only attributes is refused.

use actix_web::http::Method;
use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.read-only-refused",
    summary: "a PUT whose body holds meta or groups is refused with 400 mutability",
    breaks: Breaks::Requirements(&["RFC7644-3.1-07", "RFC7644-3.5.1-03", "RFC7644-3.5.1-13"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(PutReadOnlyRefused)),
};

struct PutReadOnlyRefused;

impl RequestSeam for PutReadOnlyRefused {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::PUT {
            let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
            if body.get("meta").is_some() || body.get("groups").is_some() {
                return Err(Error::new(ErrorKind::Mutability, "meta and groups cannot be written"));
            }
        }
        Ok(())
    }
}
