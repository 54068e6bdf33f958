//! Resources name their schemas twice.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.repeated",
    summary: "schemas of every resource lists each URI twice",
    breaks: Breaks::Requirements(&["RFC7643-3-07", "RFC7643-3-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(SchemasRepeated)),
};

struct SchemasRepeated;

impl AnswerSeam for SchemasRepeated {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(Value::Array(uris)) = resource.get_mut("schemas") {
                uris.append(&mut uris.clone());
            }
        });
    }
}
