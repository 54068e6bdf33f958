//! A list without filter holds one made-up resource.

use actix_web::http::Method;
use serde_json::json;

use super::shown::shows_resources;
use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.synthetic-without-filter",
    summary: "a list without filter holds one resource that does not exist, with the id 1",
    breaks: Breaks::Requirements(&["RFC7644-3.4.2-05", "RFC7644-3.4.2-13"]),
    seen: &["https://docs.snowflake.com/release-notes/bcr-bundles/2026_03/bcr-2276"],
    parameter: None,
    seam: Seam::Answer(|_| Box::new(Synthetic)),
};

struct Synthetic;

impl AnswerSeam for Synthetic {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let filtered = head.query.is_some_and(|query| query.split('&').any(|pair| pair.starts_with("filter=")));
        *head.method == Method::GET && answer.is_list() && !filtered && shows_resources(head, answer)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        let (name, value, kind) = if head.path.contains("/Groups") {
            ("displayName", "synthesis_group", "Group")
        } else {
            ("userName", "synthesis_user", "User")
        };
        let schema = format!("urn:ietf:params:scim:schemas:core:2.0:{kind}");
        answer.set_json(&json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": 1,
            "itemsPerPage": 1,
            "startIndex": 1,
            "Resources": [{ "schemas": [schema], "id": "1", name: value, "meta": { "resourceType": kind } }],
        }));
    }
}
