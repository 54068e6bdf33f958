//! An unknown attribute is answered with 500.

use actix_web::http::Method;
use scim::schema::standard;
use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "attributes.unknown-breaks",
    summary: "a body with an attribute that no schema knows is answered with 500",
    breaks: Breaks::Requirements(&["RFC7644-3.3-16"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(AttributesUnknownBreaks)),
};

struct AttributesUnknownBreaks;

impl RequestSeam for AttributesUnknownBreaks {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if !matches!(*incoming.method, Method::POST | Method::PUT) || !incoming.path.starts_with("/Users") {
            return Ok(());
        }
        let known = standard::document(standard::USER).map_or_else(|_| Vec::new(), |schema| schema.attributes);
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        for name in body.as_object().into_iter().flat_map(|members| members.keys()) {
            let common = ["schemas", "id", "externalId", "meta"].iter().any(|common| common.eq_ignore_ascii_case(name));
            let core = known.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name));
            if !common && !core && !name.contains(':') {
                return Err(Error::new(ErrorKind::Internal, "the request could not be processed"));
            }
        }
        Ok(())
    }
}
