//! Booleans are texts.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "boolean.as-text",
    summary: "active is shown as the text \"True\" or \"False\"",
    breaks: Breaks::Requirements(&["RFC7643-2.3.2-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(BooleanAsText)),
};

struct BooleanAsText;

impl AnswerSeam for BooleanAsText {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(active) = resource.get("active").and_then(Value::as_bool) {
                resource["active"] = if active { "True".into() } else { "False".into() };
            }
        });
    }
}
