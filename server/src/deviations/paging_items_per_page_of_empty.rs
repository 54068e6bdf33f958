//! An empty list has a long page.

use super::shown::shows_resources;
use super::{Breaks, Deviation, Parameter, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "paging.items-per-page-of-empty",
    summary: "itemsPerPage of an empty list is this number",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2.4-12"]),
    seen: &["https://developer.atlassian.com/cloud/admin/user-provisioning/rest/"],
    parameter: Some(Parameter {
        meaning: "the number",
        default: "100",
        accepts: |text| text.parse::<u32>().is_ok(),
    }),
    // A value is checked by `accepts` before it gets here.
    seam: Seam::Answer(|setup| Box::new(OfEmpty(setup.value.parse().unwrap_or(100)))),
};

struct OfEmpty(u32);

impl AnswerSeam for OfEmpty {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.is_list() && shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        if body["Resources"].as_array().is_none_or(Vec::is_empty) && body["itemsPerPage"] == 0 {
            body["itemsPerPage"] = self.0.into();
            answer.set_json(&body);
        }
    }
}
