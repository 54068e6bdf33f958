//! Discovery in pages.

use serde_json::Value;

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.paged",
    summary: "/ResourceTypes and /Schemas obey count",
    breaks: Breaks::Requirements(&["RFC7644-4-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Paged)),
};

struct Paged;

fn count(query: Option<&str>) -> Option<usize> {
    query?.split('&').find_map(|pair| pair.strip_prefix("count=")?.parse().ok())
}

impl AnswerSeam for Paged {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let listed = reads(head, Documents::ResourceTypes) || reads(head, Documents::Schemas);
        answer.is_list() && listed && count(head.query).is_some()
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let (Some(mut list), Some(count)) = (answer.json(), count(head.query)) else { return };
        if let Some(resources) = list.get_mut("Resources").and_then(Value::as_array_mut) {
            resources.truncate(count);
            let shown = resources.len();
            list["itemsPerPage"] = shown.into();
        }
        answer.set_json(&list);
    }
}
