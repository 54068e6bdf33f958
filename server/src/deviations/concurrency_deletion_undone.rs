//! A change that comes at the same time as a deletion undoes it.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::meeting::Meeting;
use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "concurrency.deletion-undone",
    summary: "a resource that is changed while it is deleted is there afterwards",
    breaks: Breaks::Requirements(&["RFC7644-3.6-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(DeletionUndone::default())),
};

/// Writers wait here for a deletion.
#[derive(Default)]
struct DeletionUndone(Meeting<Uuid>);

impl RequestSeam for DeletionUndone {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        match operation {
            Operation::Replace { id, .. } | Operation::Patch { id, .. } => Box::pin(async move {
                self.0.wait(id).await;
                next.run(operation).await
            }),
            // The writer holds a copy, which it is about to write back.
            Operation::Delete { id, .. } if self.0.come(&id) => Box::pin(async { Ok(Outcome::Deleted) }),
            operation => next.run(operation),
        }
    }
}
