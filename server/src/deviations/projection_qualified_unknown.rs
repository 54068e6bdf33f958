//! Qualified names cannot be used.

use super::asked::keep_names;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.qualified-unknown",
    summary: "names in attributes and excludedAttributes that begin with a schema's URI are ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.10-01", "RFC7644-3.9-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionQualifiedUnknown)),
};

struct ProjectionQualifiedUnknown;

impl RequestSeam for ProjectionQualifiedUnknown {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        keep_names(incoming, |name| !name.contains(':'));
        Ok(())
    }
}
