//! If-Match is ignored.

use actix_web::http::header;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.if-match-ignored",
    summary: "a change is made whatever If-Match says",
    breaks: Breaks::Requirements(&["RFC7644-3.14-08", "RFC7644-3.5.1-19", "RFC7644-3.5.2-38", "RFC7644-3.6-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(IfMatchIgnored)),
};

struct IfMatchIgnored;

impl RequestSeam for IfMatchIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        incoming.headers.to_mut().remove(header::IF_MATCH);
        Ok(())
    }
}
