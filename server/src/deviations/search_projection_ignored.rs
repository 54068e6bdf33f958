//! Searches show whole resources.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.projection-ignored",
    summary: "attributes and excludedAttributes in the body of a search are ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-03", "RFC7644-3.4.3-05", "RFC7644-3.4.3-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionIgnored)),
};

struct ProjectionIgnored;

impl RequestSeam for ProjectionIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search")
            && let Ok(Value::Object(mut body)) = serde_json::from_slice(&incoming.body)
        {
            body.remove("attributes");
            body.remove("excludedAttributes");
            incoming.body = Value::Object(body).to_string().into();
        }
        Ok(())
    }
}
