//! `ServiceProviderConfig` as the only entry of a list.

use scim::message;
use serde_json::json;

use super::discovery_documents::{reads, Documents};
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "discovery.config-in-list",
    summary: "ServiceProviderConfig comes inside a ListResponse",
    breaks: Breaks::Requirements(&["RFC7644-3.2-14", "RFC7644-4-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(ConfigInList)),
};

struct ConfigInList;

impl AnswerSeam for ConfigInList {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answer.status.is_success() && reads(head, Documents::ServiceProviderConfig)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(config) = answer.json() else { return };
        answer.set_json(&json!({ "schemas": [message::LIST_RESPONSE], "totalResults": 1, "Resources": [config] }));
    }
}
