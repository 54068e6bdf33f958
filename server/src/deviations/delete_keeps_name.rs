//! The name of a deleted user stays taken.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "delete.keeps-name",
    summary: "a user cannot be created with the userName of a deleted one",
    breaks: Breaks::Requirements(&["RFC7644-3.6-04", "RFC7644-3.6-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(KeepsName::default())),
};

#[derive(Default)]
struct KeepsName {
    deleted: Mutex<HashSet<Box<str>>>,
}

impl KeepsName {
    fn names(&self) -> std::sync::MutexGuard<'_, HashSet<Box<str>>> {
        self.deleted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RequestSeam for KeepsName {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let name_of = |resource_type| next.registry().find_attribute(resource_type, "userName");
            match &operation {
                Operation::Create { resource_type, fields } => {
                    let name = name_of(*resource_type).and_then(|id| fields.string(id));
                    if name.is_some_and(|name| self.names().contains(name)) {
                        return Err(Error::new(ErrorKind::Uniqueness, "the userName is taken"));
                    }
                }
                Operation::Delete { resource_type, id, .. } => {
                    let found = next.run(Operation::Get { resource_type: *resource_type, id: *id }).await?;
                    if let (Outcome::Found(stored), Some(name)) = (found, name_of(*resource_type))
                        && let Some(name) = stored.attributes.decode().string(name)
                    {
                        self.names().insert(name.into());
                    }
                }
                _ => {}
            }
            next.run(operation).await
        })
    }
}
