//! attributes is ignored.

use super::asked::change_parameters;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.attributes-ignored",
    summary: "the parameter attributes is ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-02", "RFC7644-3.9-04", "RFC7644-3.9-07", "RFC7644-3.9-11", "RFC7644-3.9-16", "RFC7644-3.5.1-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(ProjectionAttributesIgnored)),
};

struct ProjectionAttributesIgnored;

impl RequestSeam for ProjectionAttributesIgnored {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        change_parameters(incoming, |name, value| (name != "attributes").then(|| value.to_owned()));
        Ok(())
    }
}
