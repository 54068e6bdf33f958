//! A failed operation has no response.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.error-missing",
    summary: "failed operations have no response",
    breaks: Breaks::Requirements(&["RFC7644-3.7-18", "RFC7644-3.7-21"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ErrorMissing)),
};

struct ErrorMissing;

impl AnswerSeam for ErrorMissing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut() { job::remove(result, "response"); }
        });
    }
}
