//! `totalResults` counts the page instead of the matches.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.total-of-page",
    summary: "totalResults is the number of resources on the page, not of those that match",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-13", "RFC7644-3.4.2.4-13"]),
    seen: &["https://github.com/15five/django-scim2/issues/159"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(TotalOfPage)),
};

struct TotalOfPage;

impl AnswerSeam for TotalOfPage {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut list) = answer.json() else { return };
        let shown = list.get("Resources").and_then(Value::as_array).map_or(0, Vec::len);
        list["totalResults"] = shown.into();
        answer.set_json(&list);
    }
}
