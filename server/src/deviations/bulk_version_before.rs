//! Results have the version before the change.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.version-before",
    summary: "the version in a result is that before the operation",
    breaks: Breaks::Requirements(&["RFC7644-3.7-31"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(VersionBefore)),
};

struct VersionBefore;

impl AnswerSeam for VersionBefore {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut().filter(|result| result["version"].is_string()) {
                result["version"] = "W/\"0\"".into();
            }
        });
    }
}
