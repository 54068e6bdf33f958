//! Inactive users cannot be read or found.

use actix_web::http::{Method, StatusCode};
use scim::ErrorKind;
use serde_json::Value;

use super::{Breaks, Deviation, Seam};
use crate::application::AnswerSeam;
use crate::message::{Answer, Head, Refusal};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "users.inactive-hidden",
    summary: "a user who is not active is answered 404, and left out of lists",
    breaks: Breaks::Requirements(&["RFC7644-3.4.1-01"]),
    seen: &["https://github.com/sourcegraph/sourcegraph-public-snapshot/issues/49325"],
    parameter: None,
    seam: Seam::answer(|_| Box::new(InactiveHidden)),
};

struct InactiveHidden;

impl AnswerSeam for InactiveHidden {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        *head.method == Method::GET && answer.status == StatusCode::OK
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        if is_inactive(&body) {
            *answer = Refusal::new(ErrorKind::NotFound, "there is no such user").into_answer("application/scim+json");
        } else if answer.is_list()
            && let Some(resources) = body.get_mut("Resources").and_then(Value::as_array_mut)
        {
            let listed = resources.len();
            resources.retain(|resource| !is_inactive(resource));
            let hidden = listed - resources.len();
            let total = body["totalResults"].as_u64().unwrap_or_default();
            body["totalResults"] = total.saturating_sub(hidden as u64).into();
            answer.set_json(&body);
        }
    }
}

fn is_inactive(resource: &Value) -> bool {
    resource.get("active") == Some(&Value::Bool(false))
}
