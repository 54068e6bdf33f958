//! No result has a location.

use super::{job, Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "bulk.location-missing",
    summary: "results have no location",
    breaks: Breaks::Requirements(&["RFC7644-3.7-17", "RFC7644-3.7.3-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LocationMissing)),
};

struct LocationMissing;

impl AnswerSeam for LocationMissing {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        job::is_job(head) && answer.status.is_success()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        job::change_results(answer, |results| {
            for result in results.iter_mut() { job::remove(result, "location"); }
        });
    }
}
