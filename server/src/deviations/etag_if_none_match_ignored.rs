//! If-None-Match is ignored.

use actix_web::http::header;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.if-none-match-ignored",
    summary: "a GET with the current version in If-None-Match gets the whole resource",
    breaks: Breaks::Requirements(&["RFC7644-3.14-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(IfNoneMatchIgnored)),
};

struct IfNoneMatchIgnored;

impl RequestSeam for IfNoneMatchIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        incoming.headers.to_mut().remove(header::IF_NONE_MATCH);
        Ok(())
    }
}
