//! The answer to a job has failOnErrors.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.fail-on-errors-repeated",
    summary: "failOnErrors stands in the answer to a job",
    breaks: Breaks::Requirements(&["RFC7644-3.7-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(FailOnErrorsRepeated)),
};

struct FailOnErrorsRepeated;

impl AnswerSeam for FailOnErrorsRepeated {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        body["failOnErrors"] = 1.into();
        answer.set_json(&body);
    }
}
