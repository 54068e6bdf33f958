//! A part at the request that runs other operations than the one that was asked for.

use futures_util::future::BoxFuture;
use scim::resource::Fields;
use scim::schema::Registry;

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

/// Edits what a PATCH made of the attributes, before the application looks at the result; the first are those before the
/// change.
pub struct EditPatched(pub fn(&Registry, &Fields, &mut Fields));

impl RequestSeam for EditPatched {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let Operation::Patch { resource_type, id, patch, condition } = operation else { return next.run(operation) };
        let (apply, edit) = (next.patching(resource_type, patch), self.0);
        next.edit(resource_type, id, condition, move |draft, registry| {
            let before = draft.fields().clone();
            apply(draft)?;
            edit(registry, &before, draft.fields_mut());
            Ok(())
        })
    }
}
