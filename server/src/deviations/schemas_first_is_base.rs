//! The first URI in schemas is taken for the base schema.

use scim::{Error, ErrorKind};
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.first-is-base",
    summary: "a body whose schemas lists an extension before the base schema is refused",
    breaks: Breaks::Requirements(&["RFC7643-3-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(SchemasFirstIsBase)),
};

struct SchemasFirstIsBase;

impl RequestSeam for SchemasFirstIsBase {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = serde_json::from_slice::<Value>(&incoming.body).unwrap_or_default();
        if body["schemas"][0].as_str().is_some_and(|uri| uri.contains(":extension:")) {
            return Err(Error::new(
                ErrorKind::InvalidValue,
                "the first of the schemas is not that of the resource type",
            ));
        }
        Ok(())
    }
}
