//! Lists are not paged as published.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.default-unpublished",
    summary: "pagination.defaultPaginationMethod is cursor, and lists are paged by index",
    breaks: Breaks::Requirements(&["RFC9865-2.4-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Unpublished)),
};

struct Unpublished;

impl AnswerSeam for Unpublished {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && head.path.ends_with("/ServiceProviderConfig")
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(mut config) = answer.json() else { return };
        config["pagination"]["defaultPaginationMethod"] = "cursor".into();
        answer.set_json(&config);
    }
}
