//! Telephone numbers without their form.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "phone-numbers.digits-only",
    summary: "telephone numbers come back as digits only",
    breaks: Breaks::Requirements(&["RFC7643-4.1.2-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(DigitsOnly)),
};

struct DigitsOnly;

impl AnswerSeam for DigitsOnly {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for number in resource.get_mut("phoneNumbers").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(text) = number["value"].as_str() {
                    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                    number["value"] = digits.into();
                }
            }
        });
    }
}
