//! A filter that matches everybody is called malformed.

use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.broad-refused",
    summary: "a filter that only asks for presence is refused as invalidFilter",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.1-04", "RFC7644-3.12-19"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(FilterBroadRefused)),
};

struct FilterBroadRefused;

impl RequestSeam for FilterBroadRefused {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.query.as_deref().is_some_and(|query| query.contains("userName%20pr")) {
            return Err(Error::new(ErrorKind::InvalidFilter, "the filter matches too many resources"));
        }
        Ok(())
    }
}
