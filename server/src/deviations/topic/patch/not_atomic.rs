//! What stands before a failed operation is kept.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scim::ErrorKind;

use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub struct NotAtomic;

impl RequestSeam for NotAtomic {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let Operation::Patch { resource_type, id, patch, condition } = operation else { return next.run(operation) };
        let apply = next.patching(resource_type, patch);
        Box::pin(async move {
            let failure = Arc::new(Mutex::new(None));
            let noted = Arc::clone(&failure);
            let edit = next.edit(resource_type, id, condition, move |draft, _| {
                *noted.lock() = match apply(draft) {
                    // What the server itself could not do is not a failed operation.
                    Err(error) if error.kind() == ErrorKind::Internal => return Err(error),
                    outcome => outcome.err(),
                };
                Ok(())
            });
            let outcome = edit.await?;
            let failed = failure.lock().take();
            failed.map_or(Ok(outcome), Err)
        })
    }
}
