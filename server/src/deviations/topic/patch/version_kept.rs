//! The version stays where it was after a PATCH.

use std::collections::HashMap;

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use uuid::Uuid;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::deviations::part::run::find;
use crate::store::Condition;

/// The versions that patched resources are shown with, until a PUT.
#[derive(Default)]
pub struct VersionKept(Mutex<HashMap<Uuid, u64>>);

impl RequestSeam for VersionKept {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut before = None;
            match &mut operation {
                Operation::Patch { resource_type, id, condition, .. } => {
                    let shown = self.0.lock().get(id).copied();
                    before = match shown {
                        // The version that it has is not the one that clients were shown.
                        Some(shown) => {
                            *condition = Condition::default();
                            Some((*id, shown))
                        }
                        None => find(next, *resource_type, *id).await?.map(|stored| (*id, stored.version)),
                    };
                }
                Operation::Replace { id, condition, .. } | Operation::Delete { id, condition, .. } => {
                    if self.0.lock().remove(id).is_some() {
                        *condition = Condition::default();
                    }
                }
                Operation::Create { .. } | Operation::Get { .. } | Operation::List(_) => {}
            }
            let mut outcome = next.run(operation).await?;
            if let Some((id, version)) = before {
                self.0.lock().insert(id, version);
            }
            let shown = self.0.lock();
            let stored = match &mut outcome {
                Outcome::Found(stored) => std::slice::from_mut(stored),
                Outcome::Changed(changed) => std::slice::from_mut(&mut changed.stored),
                Outcome::Listed(page) => &mut page.resources[..],
                Outcome::Created(_) | Outcome::Deleted => &mut [],
            };
            for stored in stored {
                if let Some(version) = shown.get(&stored.id) {
                    stored.version = *version;
                }
            }
            drop(shown);
            Ok(outcome)
        })
    }
}
