//! The star of If-Match is taken for a tag.

use actix_web::http::header::{self, HeaderValue};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.any-unknown",
    summary: "If-Match: * matches nothing",
    breaks: Breaks::Requirements(&["RFC7644-3.14-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(AnyUnknown)),
};

struct AnyUnknown;

impl RequestSeam for AnyUnknown {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.headers.get(header::IF_MATCH).is_some_and(|tags| tags == "*") {
            incoming.headers.to_mut().insert(header::IF_MATCH, HeaderValue::from_static("W/\"*\""));
        }
        Ok(())
    }
}
