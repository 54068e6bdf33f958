//! What is deleted can be read once more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Stored;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "delete.lags",
    summary: "the first GET after the DELETE of a user finds the user",
    breaks: Breaks::Requirements(&["RFC7644-3.6-02"]),
    seen: &["https://gitlab.com/gitlab-org/gitlab/-/work_items/521324"],
    parameter: None,
    seam: Seam::request(|_| Box::new(Lags::default())),
};

#[derive(Default)]
struct Lags {
    gone: Mutex<HashMap<Uuid, Stored>>,
}

impl RequestSeam for Lags {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            match operation {
                Operation::Get { id, .. } => {
                    let gone = self.gone.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
                    if let Some(gone) = gone {
                        return Ok(Outcome::Found(gone));
                    }
                }
                Operation::Delete { resource_type, id, .. }
                    if next.registry().find_attribute(resource_type, "active").is_some() =>
                {
                    let found = next.run(Operation::Get { resource_type, id }).await?;
                    let outcome = next.run(operation).await?;
                    if let Outcome::Found(stored) = found {
                        self.gone.lock().unwrap_or_else(PoisonError::into_inner).insert(id, stored);
                    }
                    return Ok(outcome);
                }
                _ => {}
            }
            next.run(operation).await
        })
    }
}
