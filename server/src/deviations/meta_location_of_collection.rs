//! meta.location is the collection.


use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.location-of-collection",
    summary: "meta.location leads to the collection, without the id of the resource",
    breaks: Breaks::Requirements(&["RFC7643-3.1-30", "RFC7644-3.3-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(MetaLocationOfCollection)),
};

struct MetaLocationOfCollection;

impl AnswerSeam for MetaLocationOfCollection {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            let location = resource.get("meta").and_then(|meta| meta["location"].as_str());
            if let Some((collection, _)) = location.and_then(|location| location.rsplit_once('/')) {
                resource["meta"]["location"] = collection.into();
            }
        });
    }
}
