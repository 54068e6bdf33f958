//! Names in a projection are compared to the letter.

use super::asked::keep_names;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.case-sensitive",
    summary: "names in attributes and excludedAttributes that are not written as in the schema are ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.9-10", "RFC7643-2.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionCaseSensitive)),
};

struct ProjectionCaseSensitive;

impl RequestSeam for ProjectionCaseSensitive {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        keep_names(incoming, |name| !name.starts_with(|first: char| first.is_ascii_uppercase()));
        Ok(())
    }
}
