//! Times are numbers.

use jiff::Timestamp;

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.time-as-number",
    summary: "meta.created and meta.lastModified are seconds since 1970",
    breaks: Breaks::Requirements(&["RFC7643-2.3.5-01", "RFC7643-2.3.5-02", "RFC7643-2.3.5-03", "RFC7643-3.1-26"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaTimeAsNumber)),
};

struct MetaTimeAsNumber;

impl AnswerSeam for MetaTimeAsNumber {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            for name in ["created", "lastModified"] {
                let text = resource.get("meta").and_then(|meta| meta[name].as_str());
                if let Some(instant) = text.and_then(|text| text.parse::<Timestamp>().ok()) {
                    resource["meta"][name] = instant.as_second().into();
                }
            }
        });
    }
}
