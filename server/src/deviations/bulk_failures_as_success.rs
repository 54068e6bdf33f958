//! An operation that failed is reported as done.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.failures-as-success",
    summary: "failed operations have the status of a success and no response",
    breaks: Breaks::Requirements(&["RFC7644-3.7-07", "RFC7644-3.7-12", "RFC7644-3.7-13", "RFC7644-3.7-14", "RFC7644-3.7-15", "RFC7644-3.7-18", "RFC7644-3.7-21", "RFC7644-3.7-32", "RFC7644-3.7.2-04", "RFC7644-3.7.3-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(FailuresAsSuccess)),
};

struct FailuresAsSuccess;

impl AnswerSeam for FailuresAsSuccess {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut().filter(|result| job::has_failed(result)) {
                result["status"] = if job::is_post(result) { "201".into() } else { "200".into() };
                job::remove(result, "response");
            }
        });
    }
}
