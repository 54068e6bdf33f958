//! Locations leave out the version.

use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "version.not-in-locations",
    summary: "meta.location and Location lack the version of the base URL",
    breaks: Breaks::Requirements(&["RFC7644-3.13-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::answer(|_| Box::new(VersionNotInLocations)),
};

struct VersionNotInLocations;

impl AnswerSeam for VersionNotInLocations {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && head.path.contains("/v2/")
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        if let Some(mut body) = answer.json()
            && let Some(location) =
                body.pointer("/meta/location").and_then(Value::as_str).map(|location| location.replacen("/v2/", "/", 1))
        {
            body["meta"]["location"] = location.into();
            answer.set_json(&body);
        }
    }
}
