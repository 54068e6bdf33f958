//! `excludedAttributes` is read as `attributes`.

use std::borrow::Cow;

use actix_web::http::Method;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.excluded-as-attributes",
    summary: "PATCH answers with the attributes that excludedAttributes names",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-36"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ExcludedAsAttributes)),
};

struct ExcludedAsAttributes;

impl RequestSeam for ExcludedAsAttributes {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::PATCH
            && let Some(query) = &incoming.query
        {
            incoming.query = Some(Cow::Owned(query.replace("excludedAttributes=", "attributes=")));
        }
        Ok(())
    }
}
