//! Who was a member before cannot become one again.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use actix_web::http::Method;
use serde_json::Value;

use super::operations::{is, path};
use super::{Breaks, Deviation, Seam};
use crate::application::RequestSeam;
use crate::message::Incoming;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.returning-member-lost",
    summary: "a member that was removed by a filter and is added again is answered as added, and is not there",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(Returning::default())),
};

#[derive(Default)]
struct Returning {
    /// Path of the group, and id of who has left it.
    left: Mutex<HashSet<(String, String)>>,
}

impl RequestSeam for Returning {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method != Method::PATCH {
            return Ok(());
        }
        let Ok(mut body) = serde_json::from_slice::<Value>(&incoming.body) else { return Ok(()) };
        let Some(operations) = body.get_mut("Operations").and_then(Value::as_array_mut) else { return Ok(()) };
        let group = incoming.path.to_string();
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = false;
        for operation in operations {
            let member = path(operation)
                .and_then(|path| path.strip_prefix("members[value eq \""))
                .and_then(|rest| rest.strip_suffix("\"]"));
            if is(operation, "remove")
                && let Some(member) = member
            {
                left.insert((group.clone(), member.to_owned()));
            }
            if is(operation, "add")
                && path(operation) == Some("members")
                && let Some(values) = operation.get_mut("value").and_then(Value::as_array_mut)
            {
                let before = values.len();
                values.retain(|member| {
                    let id = member.get("value").and_then(Value::as_str).unwrap_or_default();
                    !left.contains(&(group.clone(), id.to_owned()))
                });
                changed |= values.len() < before;
            }
        }
        if changed {
            incoming.body = body.to_string().into();
        }
        Ok(())
    }
}
