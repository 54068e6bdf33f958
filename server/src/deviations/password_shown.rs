//! Every user is shown with a password.

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "password.shown",
    summary: "users are shown with the hash of their password",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-24", "RFC7643-7-33", "RFC7643-7-36"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(PasswordShown)),
};

struct PasswordShown;

impl AnswerSeam for PasswordShown {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if resource.get("userName").is_some() {
                resource["password"] = "{SSHA}bm90IGEgcmVhbCBoYXNo".into();
            }
        });
    }
}
