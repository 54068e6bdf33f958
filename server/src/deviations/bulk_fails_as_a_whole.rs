//! A job of which an operation fails is answered with an error.

use actix_web::http::StatusCode;

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.fails-as-a-whole",
    summary: "a job is answered 400 when one of its operations fails",
    breaks: Breaks::Requirements(&["RFC7644-3.7-22"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(FailsAsAWhole)),
};

struct FailsAsAWhole;

impl AnswerSeam for FailsAsAWhole {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let mut failed = false;
        job::change_results(answer, |results| failed = results.iter().any(job::has_failed));
        if failed {
            answer.status = StatusCode::BAD_REQUEST;
        }
    }
}
