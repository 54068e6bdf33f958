//! A job is answered under the URI of its request.

use scim::message;
use serde_json::json;

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.request-urn",
    summary: "the schemas of the answer to a job are those of the request",
    breaks: Breaks::Requirements(&["RFC7644-3.7-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(RequestUrn)),
};

struct RequestUrn;

impl AnswerSeam for RequestUrn {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        body["schemas"] = json!([message::BULK_REQUEST]);
        answer.set_json(&body);
    }
}
