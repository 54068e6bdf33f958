//! Searches are not paged.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.paging-ignored",
    summary: "startIndex, count and cursor in the body of a search are ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-03", "RFC7644-3.4.3-16", "RFC7644-3.4.3-17", "RFC7644-3.4.3-21", "RFC9865-3-01", "RFC9865-3-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(PagingIgnored)),
};

struct PagingIgnored;

impl RequestSeam for PagingIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search")
            && let Ok(Value::Object(mut body)) = serde_json::from_slice(&incoming.body)
        {
            body.remove("startIndex");
            body.remove("count");
            body.remove("cursor");
            incoming.body = Value::Object(body).to_string().into();
        }
        Ok(())
    }
}
