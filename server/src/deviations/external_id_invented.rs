//! An externalId that nobody sent is made up.

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "external-id.invented",
    summary: "a resource without externalId is shown with its id as externalId",
    breaks: Breaks::Requirements(&["RFC7643-3.1-16"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ExternalIdInvented)),
};

struct ExternalIdInvented;

impl AnswerSeam for ExternalIdInvented {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if resource.get("externalId").is_none() {
                resource["externalId"] = resource["id"].clone();
            }
        });
    }
}
