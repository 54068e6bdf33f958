//! The refusal of a job that is too large does not say why.

use actix_web::http::StatusCode;

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.limit-unnamed",
    summary: "413 names neither the limit nor its number",
    breaks: Breaks::Requirements(&["RFC7644-3.7.4-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LimitUnnamed)),
};

struct LimitUnnamed;

impl AnswerSeam for LimitUnnamed {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status == StatusCode::PAYLOAD_TOO_LARGE
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        body["detail"] = "the request is too large".into();
        answer.set_json(&body);
    }
}
