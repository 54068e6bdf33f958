//! A part at the request that runs other operations than the one that was asked for.

use futures_util::future::BoxFuture;

use crate::application::{Next, Operation, Outcome, RequestSeam};

/// Runs the operation, another one, several in turn, or none; see [`RequestSeam::run`].
pub struct Run(pub for<'a> fn(Operation, Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>>);

impl RequestSeam for Run {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        (self.0)(operation, next)
    }
}

/// Edits what the operation came to.
pub struct EditOutcome(pub fn(&mut Outcome));

impl RequestSeam for EditOutcome {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut outcome = next.run(operation).await?;
            (self.0)(&mut outcome);
            Ok(outcome)
        })
    }
}
