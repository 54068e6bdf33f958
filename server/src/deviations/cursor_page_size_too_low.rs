//! The published page size is not the one that holds.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.page-size-too-low",
    summary: "pagination.maxPageSize is published as 1, and longer pages are given",
    breaks: Breaks::Requirements(&["RFC9865-4-07", "RFC9865-4-06", "RFC9865-2-08"]),
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
        config["pagination"]["maxPageSize"] = 1.into();
        answer.set_json(&config);
    }
}
