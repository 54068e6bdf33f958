//! A password is shown to those who ask.

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "password.on-request",
    summary: "attributes=password brings out the hash of the password",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-25", "RFC7643-7-36", "RFC7644-3.9-15", "RFC7643-7-33"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(PasswordOnRequest)),
};

struct PasswordOnRequest;

impl AnswerSeam for PasswordOnRequest {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
            && head.query.is_some_and(|query| {
                let mut lists = query.split('&').filter_map(|pair| pair.strip_prefix("attributes="));
                lists.any(|names| names.split(',').any(|name| name == "password"))
            })
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            resource["password"] = "{SSHA}bm90IGEgcmVhbCBoYXNo".into();
        });
    }
}
