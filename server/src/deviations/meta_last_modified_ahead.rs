//! meta.lastModified is later than meta.created from the beginning.

use jiff::{SignedDuration, Timestamp};

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.last-modified-ahead",
    summary: "meta.lastModified of a new resource is a second after meta.created",
    breaks: Breaks::Requirements(&["RFC7643-3.1-27"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaLastModifiedAhead)),
};

struct MetaLastModifiedAhead;

impl AnswerSeam for MetaLastModifiedAhead {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            let text = resource.get("meta").and_then(|meta| meta["lastModified"].as_str());
            if let Some(instant) = text.and_then(|text| text.parse::<Timestamp>().ok()) {
                resource["meta"]["lastModified"] = (instant + SignedDuration::from_secs(1)).to_string().into();
            }
        });
    }
}
