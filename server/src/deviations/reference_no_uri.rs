//! References stand in angle brackets.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "reference.no-uri",
    summary: "meta.location is written between angle brackets, as in a mail",
    breaks: Breaks::Requirements(&["RFC7643-2.3.7-01", "RFC7643-3.1-30"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ReferenceNoUri)),
};

struct ReferenceNoUri;

impl AnswerSeam for ReferenceNoUri {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(location) = resource.get("meta").and_then(|meta| meta["location"].as_str()) {
                resource["meta"]["location"] = format!("<{location}>").into();
            }
        });
    }
}
