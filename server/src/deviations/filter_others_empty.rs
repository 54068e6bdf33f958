//! Filters that are not understood find nobody.

use super::asked::change_parameters;
use super::forms::{self, Forms};
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "filter.others-empty",
    summary: "filters of other forms than those listed, and malformed ones, are answered with an empty list",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-23", "RFC7644-3.4.2.2-24", "RFC7644-3.4.2.2-28", "RFC7644-3.12-18"]),
    seen: &["https://docs.snowflake.com/release-notes/bcr-bundles/2026_03/bcr-2276"],
    parameter: Some(forms::parameter()),
    seam: Seam::Request(|setup| Box::new(OthersEmpty(Forms::of(setup)))),
};

struct OthersEmpty(Forms);

impl RequestSeam for OthersEmpty {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if self.0.exclude(incoming) {
            change_parameters(incoming, |name, value| {
                Some(if name == "filter" { "id eq \"no such resource\"".to_owned() } else { value.to_owned() })
            });
        }
        Ok(())
    }
}
