//! A group must have a member when it is created.

use actix_web::http::Method;
use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.empty-refused",
    summary: "creation of a group without members is refused",
    breaks: Breaks::Requirements(&["RFC7644-3.2-19"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(EmptyRefused)),
};

struct EmptyRefused;

impl RequestSeam for EmptyRefused {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::POST
            && &*incoming.path == "/Groups"
            && let Ok(body) = serde_json::from_slice::<Value>(&incoming.body)
            && body.get("members").and_then(Value::as_array).is_none_or(Vec::is_empty)
        {
            return Err(Error::new(ErrorKind::InvalidValue, "a group needs a member"));
        }
        Ok(())
    }
}
