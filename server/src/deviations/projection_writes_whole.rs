//! The projection of a write is ignored.

use actix_web::http::Method;

use super::asked::change_parameters;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.writes-whole",
    summary: "attributes and excludedAttributes are ignored in POST, PUT and PATCH",
    breaks: Breaks::Requirements(&["RFC7644-3.9-16", "RFC7644-3.5.1-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionWritesWhole)),
};

struct ProjectionWritesWhole;

impl RequestSeam for ProjectionWritesWhole {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method != Method::GET {
            change_parameters(incoming, |name, value| {
                (!matches!(name, "attributes" | "excludedAttributes")).then(|| value.to_owned())
            });
        }
        Ok(())
    }
}
