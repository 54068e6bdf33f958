//! A value twice in a list.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "values.repeated",
    summary: "the first email comes back twice",
    breaks: Breaks::Requirements(&["RFC7643-2.4-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(Repeated)),
};

struct Repeated;

impl AnswerSeam for Repeated {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(emails) = resource.get_mut("emails").and_then(Value::as_array_mut)
                && let Some(first) = emails.first().cloned()
            {
                emails.push(first);
            }
        });
    }
}
