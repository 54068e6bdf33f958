//! A quote in a filter breaks out of the text.

use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.injection",
    summary: "a single quote in a filter ends the comparison, so that everybody matches",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(FilterInjection)),
};

struct FilterInjection;

impl RequestSeam for FilterInjection {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if incoming.query.as_deref().is_some_and(|query| query.contains("%27")) {
            incoming.query = None;
        }
        Ok(())
    }
}
