//! schemas never lists an extension.

use actix_web::http::Method;
use serde_json::Value;

use super::seam::{AnswerSeam, Head};
use super::{Breaks, Deviation, Seam};
use crate::http::Answer;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.extension-unlisted",
    summary: "schemas lists the core schema only, whatever extensions the resource has values of",
    breaks: Breaks::Requirements(&["RFC7643-3-11", "RFC7644-3.5.2.1-15", "RFC7644-3.5.2-26"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ExtensionUnlisted)),
};

struct ExtensionUnlisted;

impl AnswerSeam for ExtensionUnlisted {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method != Method::DELETE && answer.status.is_success() && !answer.is_list() && !head.path.contains("/ResourceTypes") && !head.path.contains("/Schemas")
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json()
            && let Some(schemas) = body.get_mut("schemas").and_then(Value::as_array_mut)
        {
            schemas.retain(|uri| uri.as_str().is_some_and(|uri| uri.contains(":core:")));
            answer.set_json(&body);
        }
    }
}
