//! A POST of what exists changes it.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scim::ErrorKind;
use uuid::Uuid;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Condition;

/// The ids of users, by their userName in lower case.
#[derive(Default)]
pub struct Updates(Mutex<HashMap<String, Uuid>>);

impl RequestSeam for Updates {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let Operation::Create { resource_type, fields } = operation.clone() else { return next.run(operation) };
        Box::pin(async move {
            let name = next.registry().find_attribute(resource_type, "userName");
            let name = name.and_then(|name| fields.string(name)).map(str::to_lowercase);
            let outcome = next.run(operation).await;
            match (&outcome, name) {
                (Ok(Outcome::Created(stored)), Some(name)) => {
                    self.0.lock().insert(name, stored.id);
                    outcome
                }
                (Err(error), Some(name)) if error.kind() == ErrorKind::Uniqueness => {
                    let Some(id) = self.0.lock().get(&name).copied() else { return outcome };
                    let condition = Condition::default();
                    match next.run(Operation::Replace { resource_type, id, fields, condition }).await? {
                        Outcome::Changed(changed) => Ok(Outcome::Created(changed.stored)),
                        other => Ok(other),
                    }
                }
                _ => outcome,
            }
        })
    }
}
