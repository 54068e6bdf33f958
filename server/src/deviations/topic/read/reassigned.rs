//! Ids are given again.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scim::schema::ResourceTypeId;
use uuid::Uuid;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::deviations::part::run::find;

/// A resource that is created with the userName of a deleted one, or the displayName where it has no userName, gets the id of that
/// one.
#[derive(Default)]
pub struct ReassignedId {
    /// Types and names of deleted resources, with their ids.
    deleted: Mutex<HashMap<(ResourceTypeId, Box<str>), Uuid>>,
    /// Ids that were given a second time, with those under which the resources are stored.
    second: Mutex<HashMap<Uuid, Uuid>>,
}

impl RequestSeam for ReassignedId {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let name_of = |resource_type| {
                let registry = next.registry();
                let user_name = registry.find_attribute(resource_type, "userName");
                user_name.or_else(|| registry.find_attribute(resource_type, "displayName"))
            };
            let mut asked = None;
            match &mut operation {
                Operation::Get { id, .. }
                | Operation::Replace { id, .. }
                | Operation::Patch { id, .. }
                | Operation::Delete { id, .. } => {
                    let stored = self.second.lock().get(id).copied();
                    asked = stored.map(|stored| std::mem::replace(id, stored));
                }
                Operation::Create { .. } | Operation::List(_) => {}
            }
            if let Operation::Delete { resource_type, id, .. } = &operation
                && let Some(name) = name_of(*resource_type)
                && let Some(stored) = find(next, *resource_type, *id).await?
                && let Some(name) = stored.attributes.decode().string(name)
            {
                self.deleted.lock().insert((*resource_type, name.into()), asked.unwrap_or(stored.id));
            }
            let mut before = None;
            if let Operation::Create { resource_type, fields } = &operation
                && let Some(name) = name_of(*resource_type).and_then(|id| fields.string(id))
            {
                before = self.deleted.lock().remove(&(*resource_type, name.into()));
            }
            let mut outcome = next.run(operation).await?;
            if let (Outcome::Created(stored), Some(before)) = (&outcome, before) {
                self.second.lock().insert(before, stored.id);
                asked = Some(before);
            }
            if let (Some(asked), Outcome::Created(stored) | Outcome::Found(stored)) = (asked, &mut outcome) {
                stored.id = asked;
            }
            Ok(outcome)
        })
    }
}
