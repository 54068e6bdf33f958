//! Searches are not sorted.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.order-ignored",
    summary: "sortBy in the body of a search is ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-12", "RFC7644-3.4.3-14", "RFC7644-3.4.3-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(OrderIgnored)),
};

struct OrderIgnored;

impl RequestSeam for OrderIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search")
            && let Ok(Value::Object(mut body)) = serde_json::from_slice(&incoming.body)
        {
            body.remove("sortBy");
            incoming.body = Value::Object(body).to_string().into();
        }
        Ok(())
    }
}
