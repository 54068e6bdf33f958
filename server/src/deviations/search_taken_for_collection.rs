//! A POST to .search is a POST to the collection.

use serde_json::Value;
use std::borrow::Cow;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "search.taken-for-collection",
    summary: "a body that is no search creates a resource when it is sent to .search",
    breaks: Breaks::Requirements(&["RFC7644-3.4.3-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(TakenForCollection)),
};

struct TakenForCollection;

impl RequestSeam for TakenForCollection {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let is_resource = serde_json::from_slice::<Value>(&incoming.body).is_ok_and(|body| body.get("userName").is_some());
        if is_resource && let Some(collection) = incoming.path.strip_suffix("/.search") {
            incoming.path = Cow::Owned(collection.to_owned());
        }
        Ok(())
    }
}
