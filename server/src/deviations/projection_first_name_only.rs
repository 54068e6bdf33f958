//! Of several names only the first counts.

use super::asked::change_parameters;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.first-name-only",
    summary: "of a list of names in attributes or excludedAttributes only the first counts",
    breaks: Breaks::Requirements(&["RFC7644-3.9-06", "RFC7644-3.9-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionFirstNameOnly)),
};

struct ProjectionFirstNameOnly;

impl RequestSeam for ProjectionFirstNameOnly {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        change_parameters(incoming, |name, value| {
            let list = matches!(name, "attributes" | "excludedAttributes");
            let first = value.split(',').next().unwrap_or(value);
            Some(if list { first.to_owned() } else { value.to_owned() })
        });
        Ok(())
    }
}
