//! The Error of a failed operation says nothing.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.error-unexplained",
    summary: "the Error of a failed operation has no detail",
    breaks: Breaks::Requirements(&["RFC7644-3.7.3-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ErrorUnexplained)),
};

struct ErrorUnexplained;

impl AnswerSeam for ErrorUnexplained {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut().filter(|result| job::has_failed(result)) { job::remove(&mut result["response"], "detail"); }
        });
    }
}
