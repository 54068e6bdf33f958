//! The list is called resources.

use serde_json::Value;

use super::seam::{AnswerSeam, Head};
use super::shown::shows_resources;
use super::{Breaks, Deviation, Seam};
use crate::http::Answer;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.lower-case-resources",
    summary: "the member Resources of a list is written resources",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ListLowerCaseResources)),
};

struct ListLowerCaseResources;

impl AnswerSeam for ListLowerCaseResources {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(Value::Object(list)) = answer.json() else { return };
        let renamed = list.into_iter().map(|(name, value)| (if name == "Resources" { "resources".into() } else { name }, value));
        answer.set_json(&Value::Object(renamed.collect()));
    }
}
