//! A list does not say how many there are.

use super::seam::{AnswerSeam, Head};
use super::shown::shows_resources;
use super::{Breaks, Deviation, Seam};
use crate::http::Answer;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.total-missing",
    summary: "totalResults is left out of every list",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-05"]),
    seen: &["https://github.com/15five/django-scim2/issues/159"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Listed)),
};

struct Listed;

impl AnswerSeam for Listed {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        if let Some(list) = body.as_object_mut() {
            list.remove("totalResults");
        }
        answer.set_json(&body);
    }
}
