//! DELETE (RFC 7644 section 3.6).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use actix_web::http::{Method, StatusCode};
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use scim::resource::{Slot, Value};
use scim::{Error, ErrorKind};
use uuid::Uuid;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::deviations::Deviation;
use crate::deviations::part::answer::{Empty, Reply};
use crate::deviations::part::run::{RefuseDeletion, Run, find};
use crate::message::SCIM_JSON;
use crate::store::StoredResource;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("delete.disables", "a DELETE of a user is answered with 204 and sets active to false")
        .breaks(&["RFC7644-3.6-02", "RFC7644-3.6-03", "RFC7644-3.6-04"])
        .seen(&[
            "https://docs.gitlab.com/development/internal_api/",
            "https://docs.slack.dev/reference/scim-api",
            "https://help.salesforce.com/s/articleView?id=xcloud.identity_scim_manage_groups.htm",
        ])
        .request(&Run(|operation, next| Box::pin(disable(operation, next)))),
    Deviation::new("delete.keeps-name", "a user cannot be created with the userName of a deleted one")
        .breaks(&["RFC7644-3.6-04", "RFC7644-3.6-05"])
        .request_with(|_| Box::new(KeepsName::default())),
    Deviation::new("delete.lags", "the first GET after the DELETE of a user finds the user")
        .breaks(&["RFC7644-3.6-02"])
        .seen(&["https://gitlab.com/gitlab-org/gitlab/-/work_items/521324"])
        .request_with(|_| Box::new(Lags::default())),
    Deviation::new("delete.members-500", "a DELETE of a user who is a member of a group is answered 500")
        .breaks(&["RFC7644-3.6-06", "RFC7644-3.6-10"])
        .seen(&["https://github.com/getprobo/probo/pull/1277"])
        .request(&RefuseDeletion(ErrorKind::Internal, "the user is still referred to", |user| {
            !user.groups().is_empty()
        })),
    Deviation::new("delete.soft", "a DELETE is answered with 204 and deletes nothing")
        .breaks(&["RFC7644-3.2-12", "RFC7644-3.6-02", "RFC7644-3.6-03", "RFC7644-3.6-04"])
        .request(&Run(|operation, next| match operation {
            Operation::Delete { resource_type, id, .. } => {
                Box::pin(async move { find(next, resource_type, id).await.map(|_| Outcome::Deleted) })
            }
            operation => next.run(operation),
        })),
    Deviation::new("delete.unknown-succeeds", "a DELETE of an unknown id is answered with 204")
        .breaks(&["RFC7644-3.6-08", "RFC7644-3.6-02"])
        .when(|head, answer| *head.method == Method::DELETE && answer.status == StatusCode::NOT_FOUND)
        .answer(&Empty(StatusCode::NO_CONTENT)),
    Deviation::new("delete.with-body", "a DELETE is answered with 200 and an empty JSON object")
        .breaks(&["RFC7644-3.6-06", "RFC7644-3.6-07"])
        .when(|head, answer| *head.method == Method::DELETE && answer.status == StatusCode::NO_CONTENT)
        .answer(&Reply(StatusCode::OK, SCIM_JSON, "{}")),
];

/// Sets `active` to false in the place of a deletion, where resources have it.
async fn disable(operation: Operation, next: Next<'_>) -> scim::Result<Outcome> {
    let Operation::Delete { resource_type, id, condition } = operation else {
        return next.run(operation).await;
    };
    let Some(active) = next.registry().find_attribute(resource_type, "active") else {
        return next.run(Operation::Delete { resource_type, id, condition }).await;
    };
    let Some(stored) = find(next, resource_type, id).await? else {
        return next.run(Operation::Delete { resource_type, id, condition }).await;
    };
    let mut fields = stored.attributes.decode();
    fields.set(active, Slot::One(Value::Boolean(false)));
    let fields = Arc::new(fields);
    next.run(Operation::Replace { resource_type, id, fields, condition }).await.map(|_| Outcome::Deleted)
}

/// The userNames of deleted users stay taken.
#[derive(Default)]
struct KeepsName(Mutex<HashSet<Box<str>>>);

impl RequestSeam for KeepsName {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let name_of = |resource_type| next.registry().find_attribute(resource_type, "userName");
            match &operation {
                Operation::Create { resource_type, fields } => {
                    let name = name_of(*resource_type).and_then(|id| fields.string(id));
                    if name.is_some_and(|name| self.0.lock().contains(name)) {
                        return Err(Error::new(ErrorKind::Uniqueness, "the userName is taken"));
                    }
                }
                Operation::Delete { resource_type, id, .. } => {
                    let found = find(next, *resource_type, *id).await?;
                    if let (Some(stored), Some(name)) = (found, name_of(*resource_type))
                        && let Some(name) = stored.attributes.decode().string(name)
                    {
                        self.0.lock().insert(name.into());
                    }
                }
                _ => {}
            }
            next.run(operation).await
        })
    }
}

/// Deleted users, until they were read once more.
#[derive(Default)]
struct Lags(Mutex<HashMap<Uuid, StoredResource>>);

impl RequestSeam for Lags {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            match operation {
                Operation::Get { id, .. } => {
                    let gone = self.0.lock().remove(&id);
                    gone.map_or_else(|| next.run(operation), |gone| Box::pin(async { Ok(Outcome::Found(gone)) })).await
                }
                Operation::Delete { resource_type, id, .. }
                    if next.registry().find_attribute(resource_type, "active").is_some() =>
                {
                    let found = find(next, resource_type, id).await?;
                    let outcome = next.run(operation).await?;
                    self.0.lock().extend(found.map(|stored| (id, stored)));
                    Ok(outcome)
                }
                operation => next.run(operation).await,
            }
        })
    }
}
