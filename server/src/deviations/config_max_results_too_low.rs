//! The published limit of lists is not the one that holds.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "config.max-results-too-low",
    summary: "filter.maxResults is published as 1, and longer lists are given",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(TooLow)),
};

struct TooLow;

impl AnswerSeam for TooLow {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && head.path.ends_with("/ServiceProviderConfig")
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut config) = answer.json() else { return };
        config["filter"]["maxResults"] = 1.into();
        answer.set_json(&config);
    }
}
