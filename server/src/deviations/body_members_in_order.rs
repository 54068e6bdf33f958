//! Members of a body are expected in one order.

use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "body.members-in-order",
    summary: "a body that does not begin with schemas is refused",
    breaks: Breaks::Requirements(&["RFC7643-2.3.8-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(BodyMembersInOrder)),
};

struct BodyMembersInOrder;

impl RequestSeam for BodyMembersInOrder {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        let first = body.as_object().and_then(|members| members.keys().next());
        if first.is_some_and(|first| !first.eq_ignore_ascii_case("schemas")) && body.get("schemas").is_some() {
            return Err(Error::new(ErrorKind::InvalidValue, "schemas is missing at the beginning"));
        }
        Ok(())
    }
}
