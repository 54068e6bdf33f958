//! A walk does not say how many there are.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "cursor.total-missing",
    summary: "the pages of a walk by cursor have no totalResults",
    breaks: Breaks::Permitted("RFC 9865 section 2 lets an endpoint leave out a total that it cannot tell"),
    seen: &["https://docs.aws.amazon.com/singlesignon/latest/developerguide/listusers.html", "https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(TotalMissing)),
};

struct TotalMissing;

impl AnswerSeam for TotalMissing {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        // Only a list by index has a position.
        if body.get("startIndex").is_none()
            && let Some(list) = body.as_object_mut()
        {
            list.remove("totalResults");
            answer.set_json(&body);
        }
    }
}
