//! Resources name no schema.

use serde_json::json;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.empty",
    summary: "schemas of every resource is an empty array",
    breaks: Breaks::Requirements(&[
        "RFC7643-3.3-02",
        "RFC7643-3-05",
        "RFC7643-2.1-02",
        "RFC7643-3.3-03",
        "RFC7644-3.1-02",
    ]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(SchemasEmpty)),
};

struct SchemasEmpty;

impl AnswerSeam for SchemasEmpty {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            resource["schemas"] = json!([]);
        });
    }
}
