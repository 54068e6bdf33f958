//! A member's $ref must be spelled as the endpoint spells it.

use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.reference-compared",
    summary: "a member whose $ref is not spelled as the endpoint spells it is refused",
    breaks: Breaks::Requirements(&["RFC7643-2.4-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(ReferenceCompared)),
};

struct ReferenceCompared;

impl RequestSeam for ReferenceCompared {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let body = String::from_utf8_lossy(&incoming.body);
        let foreign = body
            .split("\"$ref\":\"")
            .skip(1)
            .any(|rest| rest.split('"').next().is_some_and(|reference| !reference.contains("/scim/v2/")));
        if incoming.path.starts_with("/Groups") && foreign {
            return Err(Error::new(ErrorKind::InvalidValue, "the $ref of a member is not below this endpoint"));
        }
        Ok(())
    }
}
