//! Users are never deleted.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use scim::resource::{Slot, Value};

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "delete.disables",
    summary: "a DELETE of a user is answered with 204 and sets active to false",
    breaks: Breaks::Requirements(&["RFC7644-3.6-02", "RFC7644-3.6-03", "RFC7644-3.6-04"]),
    seen: &[
        "https://docs.gitlab.com/development/internal_api/",
        "https://docs.slack.dev/reference/scim-api",
        "https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_manage_groups.htm",
    ],
    parameter: None,
    seam: Seam::request(|_| Box::new(Disables)),
};

struct Disables;

impl RequestSeam for Disables {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Delete { resource_type, id, condition } = operation else {
                return next.run(operation).await;
            };
            let Some(active) = next.registry().find_attribute(resource_type, "active") else {
                return next.run(Operation::Delete { resource_type, id, condition }).await;
            };
            let Outcome::Found(stored) = next.run(Operation::Get { resource_type, id }).await? else {
                return next.run(Operation::Delete { resource_type, id, condition }).await;
            };
            let mut fields = stored.attributes.decode();
            fields.set(active, Slot::One(Value::Boolean(false)));
            let fields = Arc::new(fields);
            next.run(Operation::Replace { resource_type, id, fields, condition }).await.map(|_| Outcome::Deleted)
        })
    }
}
