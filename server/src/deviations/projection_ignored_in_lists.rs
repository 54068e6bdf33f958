//! The projection of a list is ignored.

use actix_web::http::Method;

use super::asked::change_parameters;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.ignored-in-lists",
    summary: "attributes and excludedAttributes work for one resource and are ignored for lists",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-02", "RFC7644-3.4.2.5-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionIgnoredInLists)),
};

struct ProjectionIgnoredInLists;

impl RequestSeam for ProjectionIgnoredInLists {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if matches!(&*incoming.path, "/Users" | "/Groups") && *incoming.method == Method::GET {
            change_parameters(incoming, |name, value| {
                (!matches!(name, "attributes" | "excludedAttributes")).then(|| value.to_owned())
            });
        }
        Ok(())
    }
}
