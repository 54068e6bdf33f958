//! A search that cannot be read is a search for everybody.

use scim::message;
use serde_json::{Value, json};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.malformed-ignored",
    summary: "a search whose body is no JSON is answered with everybody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-20"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(MalformedIgnored)),
};

struct MalformedIgnored;

impl RequestSeam for MalformedIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.path.ends_with("/.search") && serde_json::from_slice::<Value>(&incoming.body).is_err() {
            incoming.body = json!({"schemas": [message::SEARCH_REQUEST]}).to_string().into();
        }
        Ok(())
    }
}
