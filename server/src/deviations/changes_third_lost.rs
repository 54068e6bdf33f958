//! Every third change of a resource is lost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Changed;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "changes.third-lost",
    summary: "every third change of one resource is answered as done and has no effect",
    breaks: Breaks::Requirements(&["RFC7644-3.5.1-04", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.3-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(ThirdLost::default())),
};

#[derive(Default)]
struct ThirdLost {
    changes: Mutex<HashMap<Uuid, u32>>,
}

impl RequestSeam for ThirdLost {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let (Operation::Replace { resource_type, id, .. } | Operation::Patch { resource_type, id, .. }) = operation
        else {
            return next.run(operation);
        };
        Box::pin(async move {
            let lost = {
                let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
                let count = changes.entry(id).or_default();
                *count += 1;
                count.is_multiple_of(3)
            };
            if !lost {
                return next.run(operation).await;
            }
            let stored = next.stored(resource_type, id).await?;
            Ok(Outcome::Changed(Changed { stored, modified: false }))
        })
    }
}
