//! The names of inactive users are hidden.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "users.inactive-obfuscated",
    summary: "a user who is not active is shown with other letters in userName and emails, until active again",
    breaks: Breaks::Requirements(&["RFC7643-2.2-04", "RFC7644-3.4.2.2-13"]),
    seen: &["https://docs.github.com/en/enterprise-cloud@latest/rest/enterprise-admin/scim"],
    parameter: None,
    seam: Seam::answer(|_| Box::new(Obfuscated)),
};

struct Obfuscated;

impl AnswerSeam for Obfuscated {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        head.path.contains("/Users") && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if resource["active"] != false {
                return;
            }
            hide(&mut resource["userName"]);
            for email in resource.get_mut("emails").and_then(Value::as_array_mut).into_iter().flatten() {
                hide(&mut email["value"]);
            }
        });
    }
}

/// The same text is hidden in the same way, so that it can be told from another.
fn hide(text: &mut Value) {
    if let Some(plain) = text.as_str() {
        let sum = plain
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        *text = format!("{sum:016x}").into();
    }
}
