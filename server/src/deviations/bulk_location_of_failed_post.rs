//! A POST that failed has a location.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.location-of-failed-post",
    summary: "the result of a POST that failed has a location where nothing is",
    breaks: Breaks::Requirements(&["RFC7644-3.7.3-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LocationOfFailedPost)),
};

struct LocationOfFailedPost;

impl AnswerSeam for LocationOfFailedPost {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut().filter(|result| job::has_failed(result) && job::is_post(result)) {
                result["location"] = "/Users/none".into();
            }
        });
    }
}
