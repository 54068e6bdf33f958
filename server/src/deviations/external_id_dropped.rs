//! externalId is not kept.

use actix_web::http::Method;

use super::asked::change_body;
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "external-id.dropped",
    summary: "externalId is taken and thrown away",
    breaks: Breaks::Requirements(&["RFC7643-3.1-20"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(ExternalIdDropped)),
};

struct ExternalIdDropped;

impl RequestSeam for ExternalIdDropped {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if matches!(*incoming.method, Method::POST | Method::PUT) {
            change_body(incoming, |body| {
                if let Some(members) = body.as_object_mut() {
                    members.remove("externalId");
                }
            });
        }
        Ok(())
    }
}
