//! PUT makes a new resource.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::{Changed, Condition};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.changes-id",
    summary: "a PUT deletes the resource and creates another one, with another id",
    breaks: Breaks::Requirements(&["RFC7643-3.1-08", "RFC7644-3.5.1-15"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(PutChangesId)),
};

struct PutChangesId;

impl RequestSeam for PutChangesId {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Replace { resource_type, id, fields, condition } = operation else {
                return next.run(operation).await;
            };
            // What the application refuses is refused before anything is deleted.
            let replace = Operation::Replace { resource_type, id, fields: Arc::clone(&fields), condition };
            next.run(replace).await?;
            next.run(Operation::Delete { resource_type, id, condition: Condition::default() }).await?;
            match next.run(Operation::Create { resource_type, fields }).await? {
                Outcome::Created(stored) => Ok(Outcome::Changed(Changed { stored, modified: true })),
                outcome => Ok(outcome),
            }
        })
    }
}
