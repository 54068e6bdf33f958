//! Filters that select among the documents of discovery.

use actix_web::http::StatusCode;
use scim::message;
use serde_json::json;

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.filter-applied",
    summary: "a filter on /ResourceTypes or /Schemas is applied instead of ignored or refused",
    breaks: Breaks::Requirements(&["RFC7644-4-07"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(FilterApplied)),
};

struct FilterApplied;

impl AnswerSeam for FilterApplied {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let filtered = head.query.is_some_and(|query| query.contains("filter="));
        let refused = answer.status == StatusCode::FORBIDDEN;
        refused && filtered && (reads(head, Documents::ResourceTypes) || reads(head, Documents::Schemas))
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        // Whatever is looked for, nothing has that name.
        answer.status = StatusCode::OK;
        answer.set_json(&json!({ "schemas": [message::LIST_RESPONSE], "totalResults": 0, "Resources": [] }));
    }
}
