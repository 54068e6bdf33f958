//! Searches find everybody.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.filter-ignored",
    summary: "the filter in the body of a search is ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-03", "RFC7644-3.4.3-10", "RFC7644-3.4.3-21", "RFC7644-3.2-08", "RFC7644-3.4.2.2-04", "RFC7644-3.4.2.2-63"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(FilterIgnored)),
};

struct FilterIgnored;

impl RequestSeam for FilterIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search")
            && let Ok(Value::Object(mut body)) = serde_json::from_slice(&incoming.body)
        {
            body.remove("filter");
            incoming.body = Value::Object(body).to_string().into();
        }
        Ok(())
    }
}
