//! Data of an extension stands in a resource that does not announce it.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.extension-missing",
    summary: "schemas lists the base schema only, whatever extensions the resource has data of",
    breaks: Breaks::Requirements(&["RFC7643-3.3-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(SchemasExtensionMissing)),
};

struct SchemasExtensionMissing;

impl AnswerSeam for SchemasExtensionMissing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(Value::Array(uris)) = resource.get_mut("schemas") {
                uris.truncate(1);
            }
        });
    }
}
