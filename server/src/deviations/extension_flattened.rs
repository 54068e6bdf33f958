//! The attributes of extensions stand at the top.

use serde_json::{Map, Value};

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "extension.flattened",
    summary: "the attributes of extensions stand beside the core attributes, not below their URI",
    breaks: Breaks::Requirements(&["RFC7643-3.3-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ExtensionFlattened)),
};

struct ExtensionFlattened;

impl AnswerSeam for ExtensionFlattened {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            let Value::Object(members) = resource else { return };
            let (extensions, mut top): (Map<_, _>, Map<_, _>) =
                std::mem::take(members).into_iter().partition(|(name, _)| name.contains(':'));
            top.extend(
                extensions
                    .into_iter()
                    .filter_map(|(_, value)| match value {
                        Value::Object(attributes) => Some(attributes),
                        _ => None,
                    })
                    .flatten(),
            );
            *members = top;
        });
    }
}
