//! Lists without sortOrder are descending.

use std::borrow::Cow;

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.descending-by-default",
    summary: "without sortOrder a list is descending",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.3-09", "RFC7644-3.4.2.3-03", "RFC7644-3.4.3-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Descending)),
};

struct Descending;

impl RequestSeam for Descending {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if let Some(query) = &incoming.query
            && query.contains("sortBy=")
            && !query.contains("sortOrder=")
        {
            incoming.query = Some(Cow::Owned(format!("{query}&sortOrder=descending")));
        }
        Ok(())
    }
}
