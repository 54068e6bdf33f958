//! Only the schemas of the RFC's core can be read.

use actix_web::http::StatusCode;
use serde_json::json;

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.core-only",
    summary: "the schemas of extensions are listed, and not found under their URIs",
    breaks: Breaks::Requirements(&["RFC7643-7-01", "RFC7644-4-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(CoreOnly)),
};

struct CoreOnly;

impl AnswerSeam for CoreOnly {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let extension = head.path.to_ascii_lowercase().contains("extension");
        answer.status.is_success() && extension && reads(head, Documents::Schemas)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::NOT_FOUND;
        answer.set_json(&json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "404",
            "detail": "there is no such schema",
        }));
    }
}
