//! Filters that are not understood find everybody.

use super::asked::change_parameters;
use super::forms::{self, Forms};
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.others-unfiltered",
    summary: "filters of other forms than those listed, and malformed ones, are ignored, so that the list holds everybody",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-04", "RFC7644-3.12-18"]),
    seen: &["https://github.com/langwatch/langwatch/issues/6973"],
    parameter: Some(forms::parameter()),
    seam: Seam::Request(|setup| Box::new(OthersUnfiltered(Forms::of(setup)))),
};

struct OthersUnfiltered(Forms);

impl RequestSeam for OthersUnfiltered {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if self.0.exclude(incoming) {
            change_parameters(incoming, |name, value| (name != "filter").then(|| value.to_owned()));
        }
        Ok(())
    }
}
