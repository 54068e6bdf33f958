//! A search that finds nobody is an error.

use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.empty-404",
    summary: "a list without a match is answered 404",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ListEmpty404)),
};

struct ListEmpty404;

impl AnswerSeam for ListEmpty404 {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(list) = answer.json() else { return };
        if list["totalResults"] == 0 {
            let refusal = Refusal::new(ErrorKind::NotFound, "no resource matches");
            *answer = refusal.into_answer("application/scim+json");
        }
    }
}
