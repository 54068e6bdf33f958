//! Every success has the status 200.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.status-always-200",
    summary: "each operation that succeeds has the status 200",
    breaks: Breaks::Requirements(&["RFC7644-3.7.3-03", "RFC7644-3.7-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(StatusAlways200)),
};

struct StatusAlways200;

impl AnswerSeam for StatusAlways200 {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut().filter(|result| !job::has_failed(result)) {
                result["status"] = "200".into();
            }
        });
    }
}
