//! An attribute that is not required is demanded.

use actix_web::http::Method;
use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.display-name-demanded",
    summary: "a user without displayName is refused, although /Schemas does not mark it as required",
    breaks: Breaks::Requirements(&["RFC7643-1.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(CreateDisplayNameDemanded)),
};

struct CreateDisplayNameDemanded;

impl RequestSeam for CreateDisplayNameDemanded {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::POST && incoming.path == "/Users" {
            let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
            if body.is_object() && body.get("displayName").is_none() {
                return Err(Error::new(ErrorKind::InvalidValue, "displayName is missing"));
            }
        }
        Ok(())
    }
}
