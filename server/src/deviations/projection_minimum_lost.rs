//! A projection leaves out what is always returned.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.minimum-lost",
    summary: "an answer to attributes holds what was asked for and no id",
    breaks: Breaks::Requirements(&["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.9-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ProjectionMinimumLost)),
};

struct ProjectionMinimumLost;

impl AnswerSeam for ProjectionMinimumLost {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && head.query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("attributes=")))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Value::Object(members) = resource {
                members.shift_remove("id");
            }
        });
    }
}
