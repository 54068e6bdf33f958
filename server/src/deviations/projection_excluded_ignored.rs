//! excludedAttributes is ignored.

use super::asked::change_parameters;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.excluded-ignored",
    summary: "the parameter excludedAttributes is ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07", "RFC7644-3.9-08", "RFC7644-3.9-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionExcludedIgnored)),
};

struct ProjectionExcludedIgnored;

impl RequestSeam for ProjectionExcludedIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        change_parameters(incoming, |name, value| (name != "excludedAttributes").then(|| value.to_owned()));
        Ok(())
    }
}
