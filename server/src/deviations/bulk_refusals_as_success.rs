//! A job that cannot be read is answered 200 without results.

use actix_web::http::StatusCode;
use scim::message;
use serde_json::json;

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.refusals-as-success",
    summary: "a job that is refused as a whole is answered 200 with no results",
    breaks: Breaks::Requirements(&["RFC7644-3.7-06", "RFC7644-3.7-23", "RFC7644-3.7.4-03", "RFC7644-3.7.4-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(RefusalsAsSuccess)),
};

struct RefusalsAsSuccess;

impl AnswerSeam for RefusalsAsSuccess {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_client_error()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        answer.status = StatusCode::OK;
        answer.set_json(&json!({ "schemas": [message::BULK_RESPONSE], "Operations": [] }));
    }
}
