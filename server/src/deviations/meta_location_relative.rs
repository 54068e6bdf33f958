//! meta.location is no whole URI.

use super::shown::{change_resources, shows_resources};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "meta.location-relative",
    summary: "meta.location is relative to the base URL, as in Users/ID",
    breaks: Breaks::Requirements(&["RFC7643-3.1-30", "RFC7644-3.3-10"]),
    seen: &["https://learn.microsoft.com/en-us/entra/identity/app-provisioning/entra-id-scim-api-reference"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(LocationRelative)),
};

struct LocationRelative;

impl AnswerSeam for LocationRelative {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        shows_resources(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_resources(answer, |resource| {
            let Some(location) = resource["meta"]["location"].as_str() else { return };
            let mut parts = location.rsplit('/');
            if let (Some(id), Some(endpoint)) = (parts.next(), parts.next()) {
                resource["meta"]["location"] = format!("{endpoint}/{id}").into();
            }
        });
    }
}
