//! A part at the request that runs other operations than the one that was asked for.

use futures_util::future::BoxFuture;
use scim::resource::Fields;
use scim::schema::{Registry, ResourceTypeId};
use scim::{Error, ErrorKind};
use uuid::Uuid;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::{StoredResource, WantedRelations};

/// Runs the operation, another one, several in turn, or none; see [`RequestSeam::run`].
pub struct Run(pub for<'a> fn(Operation, Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>>);

impl RequestSeam for Run {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        (self.0)(operation, next)
    }
}

/// Refuses to delete resources for what they are.
pub struct RefuseDeletion(pub ErrorKind, pub &'static str, pub fn(&StoredResource) -> bool);

impl RequestSeam for RefuseDeletion {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            if let Operation::Delete { resource_type, id, .. } = operation
                && find_with_relations(next, resource_type, id).await?.is_some_and(|stored| (self.2)(&stored))
            {
                return Err(Error::new(self.0, self.1));
            }
            next.run(operation).await
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

/// Edits what a PATCH made of the attributes, after the application has looked at the result; the first are those before the
/// change.
pub struct EditAccepted(pub fn(&Registry, &Fields, &mut Fields));

impl RequestSeam for EditAccepted {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let Operation::Patch { resource_type, id, patch, condition } = operation else { return next.run(operation) };
        next.edit_accepted(resource_type, id, patch, condition, self.0)
    }
}

/// Reads the resource that an operation is about.
pub async fn find(next: Next<'_>, resource_type: ResourceTypeId, id: Uuid) -> scim::Result<Option<StoredResource>> {
    let outcome = next.run(Operation::Get { resource_type, id }).await?;
    Ok(if let Outcome::Found(stored) = outcome { Some(stored) } else { None })
}

/// Reads the resource that an operation is about, with its members and its groups.
pub async fn find_with_relations(
    next: Next<'_>,
    resource_type: ResourceTypeId,
    id: Uuid,
) -> scim::Result<Option<StoredResource>> {
    find(next.showing(WantedRelations { members: true, groups: true }), resource_type, id).await
}
