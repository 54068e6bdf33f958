//! A query without a match is answered with 404.

use scim::ErrorKind;

use crate::message::{Refusal, SCIM_JSON};

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.no-match-404",
    summary: "a list that would be empty is answered with 404",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ListNoMatch404)),
};

struct ListNoMatch404;

impl AnswerSeam for ListNoMatch404 {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if answer.json().is_some_and(|list| list["totalResults"] == 0) {
            *answer = Refusal::new(ErrorKind::NotFound, "no resource matches").into_answer(SCIM_JSON);
        }
    }
}
