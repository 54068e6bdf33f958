//! A sensitive query is refused with two statuses.

use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "sensitive.status-differs",
    summary: "a filter on the password is answered 403 sensitive with the status 400 in the body",
    breaks: Breaks::Requirements(&["RFC7644-7.5.2-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(SensitiveStatusDiffers)),
};

struct SensitiveStatusDiffers;

impl AnswerSeam for SensitiveStatusDiffers {
    fn concerns(&self, head: &Head<'_>, _: &Answer) -> bool {
        head.query.is_some_and(|query| query.contains("filter=password"))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let refusal = Refusal::new(ErrorKind::Sensitive, "this attribute must not stand in a URL");
        *answer = refusal.into_answer("application/scim+json");
        if let Some(mut body) = answer.json() {
            body["status"] = "400".into();
            answer.set_json(&body);
        }
    }
}
