//! Sub-attributes cannot be named.

use super::asked::keep_names;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.sub-attributes-unknown",
    summary: "names with a dot in attributes and excludedAttributes are ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.9-06", "RFC7644-3.9-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionSubAttributesUnknown)),
};

struct ProjectionSubAttributesUnknown;

impl RequestSeam for ProjectionSubAttributesUnknown {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        keep_names(incoming, |name| name.contains(':') || !name.contains('.'));
        Ok(())
    }
}
