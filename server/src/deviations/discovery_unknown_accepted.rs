//! Documents that do not exist are found.

use actix_web::http::StatusCode;
use serde_json::json;

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.unknown-accepted",
    summary: "an unknown schema or resource type is answered 200 with an empty object",
    breaks: Breaks::Requirements(&["RFC7644-4-04", "RFC7644-3.12-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(UnknownAccepted)),
};

struct UnknownAccepted;

impl AnswerSeam for UnknownAccepted {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let document = reads(head, Documents::ResourceTypes) || reads(head, Documents::Schemas);
        answer.status == StatusCode::NOT_FOUND && document
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::OK;
        answer.set_json(&json!({}));
    }
}
