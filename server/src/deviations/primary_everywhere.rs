//! Every value is the primary one.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "primary.everywhere",
    summary: "every value of emails is shown as the primary one",
    breaks: Breaks::Requirements(&["RFC7643-2.4-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(PrimaryEverywhere)),
};

struct PrimaryEverywhere;

impl AnswerSeam for PrimaryEverywhere {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for email in resource.get_mut("emails").and_then(Value::as_array_mut).into_iter().flatten() {
                email["primary"] = true.into();
            }
        });
    }
}
