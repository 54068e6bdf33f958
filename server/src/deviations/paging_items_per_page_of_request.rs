//! itemsPerPage repeats the count of the request.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.items-per-page-of-request",
    summary: "itemsPerPage is the count that was asked for, not the number of resources in the page",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-10", "RFC7644-3.4.2.4-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(OfRequest)),
};

struct OfRequest;

impl AnswerSeam for OfRequest {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && asked(head).is_some()
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let (Some(mut list), Some(count)) = (answer.json(), asked(head)) else { return };
        list["itemsPerPage"] = count.into();
        answer.set_json(&list);
    }
}

fn asked(head: &Head<'_>) -> Option<i64> {
    head.query?.split('&').find_map(|pair| pair.strip_prefix("count=")?.parse().ok())
}
