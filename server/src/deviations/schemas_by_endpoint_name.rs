//! Schemas are found by the name of the endpoint.

use std::borrow::Cow;

use scim::schema::standard;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.by-endpoint-name",
    summary: "/Schemas/Users and /Schemas/Groups are answered with the schemas of users and groups",
    breaks: Breaks::Permitted("no RFC forbids an endpoint to have further paths"),
    seen: &["https://docs.slack.dev/reference/scim-api"],
    parameter: None,
    seam: Seam::request(|_| Box::new(ByEndpointName)),
};

struct ByEndpointName;

impl RequestSeam for ByEndpointName {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let uri = match incoming.path.trim_matches('/') {
            "Schemas/Users" => standard::USER,
            "Schemas/Groups" => standard::GROUP,
            _ => return Ok(()),
        };
        incoming.path = Cow::Owned(format!("/Schemas/{uri}"));
        Ok(())
    }
}
