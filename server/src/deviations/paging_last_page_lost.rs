//! A last page that is not full is empty.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.last-page-lost",
    summary: "a last page with fewer resources than count is empty, so that a walk misses the last ones",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-15"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LastPageLost)),
};

struct LastPageLost;

impl AnswerSeam for LastPageLost {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && asked(head).is_some()
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let (Some(mut list), Some(count)) = (answer.json(), asked(head)) else { return };
        let first = list["startIndex"].as_u64().unwrap_or(1);
        if let Some(page) = list["Resources"].as_array_mut()
            && first > 1
            && page.len() < count
        {
            page.clear();
            list["itemsPerPage"] = 0.into();
            answer.set_json(&list);
        }
    }
}

fn asked(head: &Head<'_>) -> Option<usize> {
    head.query?.split('&').find_map(|pair| pair.strip_prefix("count=")?.parse().ok())
}
