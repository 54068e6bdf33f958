//! Errors say more than SCIM knows.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::clock::Clock;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "errors.further-members",
    summary: "the body of an Error also has schema, exceptionRequestId and timeStamp",
    breaks: Breaks::Permitted(
        "RFC 7644 section 3.12 does not close the list of members; a client must overlook those it does not know",
    ),
    seen: &["https://github.com/slashdevops/idp-scim-sync/issues/62"],
    parameter: None,
    seam: Seam::answer(|setup| Box::new(FurtherMembers(setup.clock.clone()))),
};

struct FurtherMembers(Clock);

impl AnswerSeam for FurtherMembers {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        !answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        let now = self.0.now();
        body["schema"] = body["schemas"].clone();
        body["exceptionRequestId"] = format!("00000000-0000-4000-8000-{:012x}", now.as_millisecond()).into();
        body["timeStamp"] = now.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string().into();
        answer.set_json(&body);
    }
}
