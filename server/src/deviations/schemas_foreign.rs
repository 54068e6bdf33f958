//! Resources announce a schema that no resource type has.

use serde_json::Value;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "schemas.foreign",
    summary: "schemas of every resource also lists a URI that discovery does not publish",
    breaks: Breaks::Requirements(&["RFC7643-3-06"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(SchemasForeign)),
};

struct SchemasForeign;

impl AnswerSeam for SchemasForeign {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(Value::Array(uris)) = resource.get_mut("schemas") {
                uris.push("urn:example:params:scim:schemas:legacy:1.0:Person".into());
            }
        });
    }
}
