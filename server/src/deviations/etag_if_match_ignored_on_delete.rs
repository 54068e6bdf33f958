//! If-Match is ignored on DELETE.

use actix_web::http::{Method, header};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "etag.if-match-ignored-on-delete",
    summary: "a resource is deleted whatever If-Match says",
    breaks: Breaks::Requirements(&["RFC7644-3.6-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(IfMatchIgnoredOnDelete)),
};

struct IfMatchIgnoredOnDelete;

impl RequestSeam for IfMatchIgnoredOnDelete {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::DELETE {
            incoming.headers.to_mut().remove(header::IF_MATCH);
        }
        Ok(())
    }
}
