//! Results have no method.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.method-missing",
    summary: "the method of an operation does not come back",
    breaks: Breaks::Requirements(&["RFC7644-3.7-30"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MethodMissing)),
};

struct MethodMissing;

impl AnswerSeam for MethodMissing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut() { job::remove(result, "method"); }
        });
    }
}
