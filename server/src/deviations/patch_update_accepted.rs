//! update is another word for replace.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::asked::change_body;
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.update-accepted",
    summary: "an operation Update is carried out as replace, and the schemas of the message may be missing",
    breaks: Breaks::Permitted("a client that keeps to RFC 7644 section 3.5.2 sends neither"),
    seen: &["https://docs.gitlab.com/development/internal_api/"],
    parameter: None,
    seam: Seam::Request(|_| Box::new(UpdateAccepted)),
};

struct UpdateAccepted;

impl RequestSeam for UpdateAccepted {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method != Method::PATCH {
            return Ok(());
        }
        change_body(incoming, |body| {
            let mut updates = false;
            for operation in body.get_mut("Operations").and_then(Value::as_array_mut).into_iter().flatten() {
                if operation["op"].as_str().is_some_and(|op| op.eq_ignore_ascii_case("update")) {
                    operation["op"] = "replace".into();
                    updates = true;
                }
            }
            if updates && body.get("schemas").is_none() {
                body["schemas"] = json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"]);
            }
        });
        Ok(())
    }
}
