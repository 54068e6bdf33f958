//! Changes that meet: writers at the same time, and changes that come to nothing.

mod name_checked_early;

use std::collections::{HashMap, HashSet};

use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scim::schema::ResourceTypeId;
use scim::{Error, ErrorKind};
use uuid::Uuid;

use self::name_checked_early::NameCheckedEarly;
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::deviations::Deviation;
use crate::deviations::part::meeting::{Encounter, Meeting, Patience};
use crate::store::{ChangeResult, Condition};

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("changes.third-lost", "every third change of one resource is answered as done and has no effect")
        .breaks(&["RFC7644-3.5.1-04", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.3-04"])
        .request_with(|_| Box::new(ThirdLost::default())),
    Deviation::new("concurrency.created-late", "a PATCH right after the POST finds no resource")
        .breaks(&["RFC7644-3.3-19"])
        .request_with(|_| Box::new(CreatedLate::default())),
    Deviation::new("concurrency.deletion-undone", "a resource that is changed while it is deleted is there afterwards")
        .breaks(&["RFC7644-3.6-02"])
        .request_with(|setup| Box::new(DeletionUndone(Meeting::new(Patience::of(setup))))),
    Deviation::new("concurrency.name-checked-early", "two creations of one userName at the same time both succeed")
        .breaks(&["RFC7643-4.1.1-02", "RFC7644-3.3-12"])
        .store_with(|setup| Box::new(NameCheckedEarly::new(setup))),
    Deviation::new(
        "concurrency.update-lost",
        "a PATCH reads, changes and writes back, so that of two at the same time one is lost",
    )
    .breaks(&["RFC7644-3.5.2-29", "RFC7644-3.5.2.1-07"])
    .request_with(|setup| Box::new(UpdateLost(Meeting::new(Patience::of(setup))))),
    Deviation::new(
        "concurrency.version-checked-early",
        "of two writers with one version both succeed when they come at the same time",
    )
    .breaks(&["RFC7644-3.5.1-19", "RFC7644-3.14-08"])
    .request_with(|setup| Box::new(VersionCheckedEarly(Meeting::new(Patience::of(setup))))),
];

/// Answers a change as done that is not made.
async fn pretend(next: Next<'_>, resource_type: ResourceTypeId, id: Uuid) -> scim::Result<Outcome> {
    let stored = next.stored(resource_type, id).await?;
    Ok(Outcome::Changed(ChangeResult { stored, modified: false }))
}

/// How many changes of each resource there were.
#[derive(Default)]
struct ThirdLost(Mutex<HashMap<Uuid, u32>>);

impl RequestSeam for ThirdLost {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let (Operation::Replace { resource_type, id, .. } | Operation::Patch { resource_type, id, .. }) = operation
        else {
            return next.run(operation);
        };
        let count = {
            let mut changes = self.0.lock();
            let count = changes.entry(id).or_default();
            *count += 1;
            *count
        };
        if count.is_multiple_of(3) { Box::pin(pretend(next, resource_type, id)) } else { next.run(operation) }
    }
}

/// The resources that nobody has asked for since they were created.
#[derive(Default)]
struct CreatedLate(Mutex<HashSet<Uuid>>);

impl RequestSeam for CreatedLate {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let was_new = match &operation {
            Operation::Get { id, .. } | Operation::Replace { id, .. } | Operation::Delete { id, .. } => {
                self.0.lock().remove(id);
                false
            }
            Operation::Patch { id, .. } => self.0.lock().remove(id),
            Operation::Create { .. } | Operation::List(_) => false,
        };
        Box::pin(async move {
            if was_new {
                return Err(Error::new(ErrorKind::NotFound, "there is no such resource yet"));
            }
            let outcome = next.run(operation).await?;
            if let Outcome::Created(stored) = &outcome {
                self.0.lock().insert(stored.id);
            }
            Ok(outcome)
        })
    }
}

/// A writer and a deletion of one resource meet here, whichever comes first.
struct DeletionUndone(Meeting<(Uuid, Side)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Side {
    Writer,
    Deletion,
}

impl RequestSeam for DeletionUndone {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        match operation {
            Operation::Replace { id, .. } | Operation::Patch { id, .. } => Box::pin(async move {
                self.0.meet((id, Side::Writer), &(id, Side::Deletion)).await;
                next.run(operation).await
            }),
            Operation::Delete { id, .. } => Box::pin(async move {
                match self.0.meet((id, Side::Deletion), &(id, Side::Writer)).await {
                    // The writer holds a copy, which it is about to write back.
                    Encounter::AsFirst | Encounter::AsSecond => Ok(Outcome::Deleted),
                    Encounter::Nobody => next.run(operation).await,
                }
            }),
            operation => next.run(operation),
        }
    }
}

/// Two writers of one resource meet here.
struct UpdateLost(Meeting<Uuid>);

impl RequestSeam for UpdateLost {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let Operation::Patch { resource_type, id, .. } = operation else { return next.run(operation) };
        Box::pin(async move {
            match self.0.attend(id).await {
                // What the first would have written is written over by the second.
                Encounter::AsFirst => pretend(next, resource_type, id).await,
                Encounter::AsSecond | Encounter::Nobody => next.run(operation).await,
            }
        })
    }
}

/// Two writers with one version meet here, after the version was compared.
struct VersionCheckedEarly(Meeting<Uuid>);

impl RequestSeam for VersionCheckedEarly {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            if let Operation::Replace { resource_type, id, condition, .. }
            | Operation::Patch { resource_type, id, condition, .. } = &mut operation
                && !condition.if_match.is_empty()
            {
                let now = next.stored(*resource_type, *id).await?;
                if condition.if_match.contains(&now.version) {
                    self.0.attend(*id).await;
                    *condition = Condition::default();
                }
            }
            next.run(operation).await
        })
    }
}
