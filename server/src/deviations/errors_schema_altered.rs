//! Errors carry another schema.

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "errors.schema-altered",
    summary: "the schemas of an Error are urn:ietf:params:scim:schemas:core:2.0:Error",
    breaks: Breaks::Requirements(&["RFC7644-3.12-02", "RFC7644-3.1-05", "RFC7644-8.2-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(ErrorsSchemaAltered)),
};

struct ErrorsSchemaAltered;

impl AnswerSeam for ErrorsSchemaAltered {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status.as_u16() >= 400
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json() {
            body["schemas"] = serde_json::json!(["urn:ietf:params:scim:schemas:core:2.0:Error"]);
            answer.set_json(&body);
        }
    }
}
