//! An operation that failed has no result.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.failures-unreported",
    summary: "failed operations are left out of the results",
    breaks: Breaks::Requirements(&["RFC7644-3.7.3-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(FailuresUnreported)),
};

struct FailuresUnreported;

impl AnswerSeam for FailuresUnreported {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            results.retain(|result| !job::has_failed(result));
        });
    }
}
