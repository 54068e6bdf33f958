//! A largest page that is not kept.

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Parameter, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.says-max-results",
    summary: "filter.maxResults is published as less than what lists hold",
    breaks: Breaks::Requirements(&["RFC7643-5-13"]),
    seen: &[],
    parameter: Some(Parameter {
        meaning: "the number that is published",
        default: "1",
        accepts: |text| text.parse::<u32>().is_ok(),
    }),
    // A value is checked by `accepts` before it gets here.
    seam: Seam::Answer(|setup| Box::new(SaysMaxResults(setup.value.parse().unwrap_or(1)))),
};

struct SaysMaxResults(u32);

impl AnswerSeam for SaysMaxResults {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && reads(head, Documents::ServiceProviderConfig)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json() {
            body["filter"]["maxResults"] = self.0.into();
            answer.set_json(&body);
        }
    }
}
