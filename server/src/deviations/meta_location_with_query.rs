//! meta.location has a query string.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.location-with-query",
    summary: "meta.location ends in a query string with the version of the interface",
    breaks: Breaks::Requirements(&["RFC7644-1.3-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaLocationWithQuery)),
};

struct MetaLocationWithQuery;

impl AnswerSeam for MetaLocationWithQuery {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            if let Some(location) = resource.get("meta").and_then(|meta| meta["location"].as_str()) {
                resource["meta"]["location"] = format!("{location}?api-version=2").into();
            }
        });
    }
}
