//! id can be left out.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.id-excluded",
    summary: "excludedAttributes=id leaves out the id",
    breaks: Breaks::Requirements(&["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.4.2.5-06", "RFC7644-3.9-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ProjectionIdExcluded)),
};

struct ProjectionIdExcluded;

impl AnswerSeam for ProjectionIdExcluded {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && head.query.is_some_and(|query| {
            let mut lists = query.split('&').filter_map(|pair| pair.strip_prefix("excludedAttributes="));
            lists.any(|names| names.split(',').any(|name| name == "id"))
        })
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Value::Object(members) = resource {
                members.shift_remove("id");
            }
        });
    }
}
