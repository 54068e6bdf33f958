//! A projection never shows an extension.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "projection.extensions-lost",
    summary: "an answer to attributes holds nothing of any extension, asked for or not",
    breaks: Breaks::Requirements(&["RFC7644-3.9-06", "RFC7644-3.9-11", "RFC7644-3.9-14", "RFC7643-7-39"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ProjectionExtensionsLost)),
};

struct ProjectionExtensionsLost;

impl AnswerSeam for ProjectionExtensionsLost {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer) && head.query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("attributes=")))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Value::Object(members) = resource {
                members.retain(|name, _| !name.contains(':'));
            }
        });
    }
}
