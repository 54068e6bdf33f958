//! A page past the end is an error.

use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal, SCIM_JSON};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.past-end-not-found",
    summary: "a startIndex past the end is answered with 404",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(NotFound)),
};

struct NotFound;

impl AnswerSeam for NotFound {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && head.query.is_some_and(|query| query.contains("startIndex="))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let _ = head;
        let Some(list) = answer.json() else { return };
        let is_empty = list["Resources"].as_array().is_none_or(Vec::is_empty);
        if is_empty && list["totalResults"] != 0 {
            *answer = Refusal::new(ErrorKind::NotFound, "there is no such page").into_answer(SCIM_JSON);
        }
    }
}
