//! Instant messaging of another time.

use actix_web::http::Method;
use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "ims.services-closed",
    summary: "the type of an ims value may only be aim, icq or msn",
    breaks: Breaks::Requirements(&["RFC7643-4.1.2-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(ServicesClosed)),
};

struct ServicesClosed;

impl RequestSeam for ServicesClosed {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if matches!(*incoming.method, Method::POST | Method::PUT) {
            let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
            if body["ims"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|own| own["type"].as_str().is_some_and(|service| !["aim", "icq", "msn"].contains(&service)))
            {
                return Err(Error::new(ErrorKind::InvalidValue, "ims.type: expected aim, icq or msn"));
            }
        }
        Ok(())
    }
}
