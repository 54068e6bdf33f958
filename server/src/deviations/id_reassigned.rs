//! The id of a deleted user comes back with its name.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "id.reassigned",
    summary: "a user who is created with the userName of a deleted one is answered with the deleted user's id",
    breaks: Breaks::Requirements(&["RFC7643-3.1-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(Reassigned::default())),
};

#[derive(Default)]
struct Reassigned {
    /// userNames of deleted users, with their ids.
    deleted: Mutex<HashMap<Box<str>, Uuid>>,
    /// Ids that were given a second time, with those under which the resources are stored.
    second: Mutex<HashMap<Uuid, Uuid>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RequestSeam for Reassigned {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let name_of = |resource_type| next.registry().find_attribute(resource_type, "userName");
            let mut asked = None;
            match &mut operation {
                Operation::Get { id, .. }
                | Operation::Replace { id, .. }
                | Operation::Patch { id, .. }
                | Operation::Delete { id, .. } => {
                    let stored = locked(&self.second).get(id).copied();
                    asked = stored.map(|stored| std::mem::replace(id, stored));
                }
                Operation::Create { .. } | Operation::List(_) => {}
            }
            if let Operation::Delete { resource_type, id, .. } = &operation
                && let Some(name) = name_of(*resource_type)
                && let Outcome::Found(stored) =
                    next.run(Operation::Get { resource_type: *resource_type, id: *id }).await?
                && let Some(name) = stored.attributes.decode().string(name)
            {
                locked(&self.deleted).insert(name.into(), asked.unwrap_or(stored.id));
            }
            let mut before = None;
            if let Operation::Create { resource_type, fields } = &operation
                && let Some(name) = name_of(*resource_type).and_then(|id| fields.string(id))
            {
                before = locked(&self.deleted).remove(name);
            }
            let mut outcome = next.run(operation).await?;
            if let (Outcome::Created(stored), Some(before)) = (&outcome, before) {
                locked(&self.second).insert(before, stored.id);
                asked = Some(before);
            }
            if let (Some(asked), Outcome::Created(stored) | Outcome::Found(stored)) = (asked, &mut outcome) {
                stored.id = asked;
            }
            Ok(outcome)
        })
    }
}
