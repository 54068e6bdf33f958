//! A new resource cannot be changed at once.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use scim::{Error, ErrorKind};
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "concurrency.created-late",
    summary: "a PATCH right after the POST finds no resource",
    breaks: Breaks::Requirements(&["RFC7644-3.3-19"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(CreatedLate::default())),
};

/// The resources that nobody has asked for since they were created.
#[derive(Default)]
struct CreatedLate(Mutex<HashSet<Uuid>>);

impl RequestSeam for CreatedLate {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let new = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let was_new = match &operation {
            Operation::Get { id, .. } | Operation::Replace { id, .. } | Operation::Delete { id, .. } => {
                new().remove(id);
                false
            }
            Operation::Patch { id, .. } => new().remove(id),
            Operation::Create { .. } | Operation::List(_) => false,
        };
        Box::pin(async move {
            if was_new {
                return Err(Error::new(ErrorKind::NotFound, "there is no such resource yet"));
            }
            let outcome = next.run(operation).await?;
            if let Outcome::Created(stored) = &outcome {
                self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(stored.id);
            }
            Ok(outcome)
        })
    }
}
