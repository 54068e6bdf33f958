//! Without sorting, a list that is to be sorted is empty.

use serde_json::json;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sort.unsupported-empty",
    summary: "sorting is published as not supported, and a list with sortBy is empty",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Empty)),
};

struct Empty;

impl AnswerSeam for Empty {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && (is_sorted(head) || head.path.ends_with("/ServiceProviderConfig"))
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        if is_sorted(head) {
            body["totalResults"] = 0.into();
            body["Resources"] = json!([]);
        } else {
            body["sort"]["supported"] = false.into();
        }
        answer.set_json(&body);
    }
}

fn is_sorted(head: &Head<'_>) -> bool {
    head.query.is_some_and(|query| query.contains("sortBy="))
}
