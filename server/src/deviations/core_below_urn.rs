//! Core attributes stand below the URI of the core schema.

use serde_json::{Map, Value};

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "core.below-urn",
    summary: "userName and displayName stand below the core schema's URI, as if it were an extension",
    breaks: Breaks::Requirements(&["RFC7643-3-10"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(CoreBelowUrn)),
};

struct CoreBelowUrn;

impl AnswerSeam for CoreBelowUrn {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            let Value::Object(members) = resource else { return };
            let Some(uri) = members.get("schemas").and_then(|uris| uris[0].as_str()).map(str::to_owned) else { return };
            let core: Map<_, _> = ["userName", "displayName"]
                .into_iter()
                .filter_map(|name| members.shift_remove(name).map(|value| (name.to_owned(), value)))
                .collect();
            members.insert(uri, Value::Object(core));
        });
    }
}
