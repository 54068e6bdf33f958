//! PUT (RFC 7644 section 3.5.1).

use std::sync::Arc;

use actix_web::http::Method;
use futures_util::future::BoxFuture;
use scim::ErrorKind;
use scim::capability::Capability;
use scim::patch::Draft;
use scim::resource::{Fields, Slot, Value};
use scim::schema::{AttributeId, Mutability, Registry, ResourceTypeId};

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditResource, remove};
use crate::deviations::part::request::{EditRequest, EditRequestBody, RefuseBody, edit_body};
use crate::deviations::part::rules::switch_off;
use crate::deviations::part::run::{Run, find};
use crate::rules::OnPut;
use crate::store::{Change, ChangeResult, Condition};

/// Stands in the store for the displayName that a PUT has cleared.
const CLEARED: &str = "(cleared)";

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("immutable.changed", "a PUT changes immutable attributes like any other")
        .breaks(&["RFC7643-7-31", "RFC7644-3.5.1-10", "RFC7644-3.5.1-11"])
        .request(&EditReplacement(|put, draft| {
            for schema in put.registry.schemas_of(put.resource_type) {
                for &id in &put.registry.schema(schema).attributes {
                    if put.registry.attribute(id).mutability == Mutability::Immutable {
                        draft.fields_mut().remove(id);
                    }
                }
            }
            (put.replace)(draft)
        })),
    Deviation::new("put.answer-before", "the answer to a PUT shows the resource as it was before")
        .breaks(&["RFC7644-3.5.1-15", "RFC7644-3.1-09"])
        .request(&Run(|operation, next| {
            Box::pin(async move {
                let Operation::Replace { resource_type, id, .. } = operation else { return next.run(operation).await };
                let before = find(next, resource_type, id).await?;
                match (next.run(operation).await?, before) {
                    (Outcome::Changed(changed), Some(stored)) => {
                        Ok(Outcome::Changed(ChangeResult { stored, ..changed }))
                    }
                    (outcome, _) => Ok(outcome),
                }
            })
        })),
    Deviation::new("put.changes-id", "a PUT deletes the resource and creates another one, with another id")
        .breaks(&["RFC7643-3.1-08", "RFC7644-3.5.1-15"])
        .request_with(|_| Box::new(ChangesId::default())),
    Deviation::new("put.creates", "PUT on a resource that does not exist creates one, under an id of the endpoint's")
        .breaks(&["RFC7644-3.5.1-02", "RFC7644-3.5.1-18"])
        .request(&Run(|operation, next| {
            Box::pin(async move {
                let Operation::Replace { resource_type, fields, .. } = &operation else {
                    return next.run(operation).await;
                };
                let creation = Operation::Create { resource_type: *resource_type, fields: Arc::clone(fields) };
                match next.run(operation).await {
                    Err(error) if error.kind() == ErrorKind::NotFound => next.run(creation).await,
                    outcome => outcome,
                }
            })
        })),
    Deviation::new("put.deactivates", "a PUT without active disables the user")
        .permitted("RFC 7644 section 3.5.1 lets an endpoint give what a PUT leaves out a value of its own")
        .seen(&["https://github.com/vouch-sh/vouch/pull/1415"])
        .given(|incoming| *incoming.method == Method::PUT && incoming.path.starts_with("/Users/"))
        .request(&EditRequestBody(|body| {
            if body.is_object() && body.get("active").is_none() {
                body["active"] = false.into();
            }
        })),
    Deviation::new("put.external-id-kept", "a PUT with another externalId leaves the old one")
        .breaks(&["RFC7643-3.1-20", "RFC7644-3.5.1-04"])
        .request(&EditReplacement(|put, draft| {
            let id = put.registry.find_attribute(put.resource_type, "externalId");
            let before = id.and_then(|id| draft.fields().slot(id).cloned());
            (put.replace)(draft)?;
            if let (Some(id), Some(before)) = (id, before) {
                draft.fields_mut().set(id, before);
            }
            Ok(())
        })),
    Deviation::new(
        "put.members-lost",
        "the members in the body of a PUT are ignored, so that the group has none afterwards",
    )
    .breaks(&["RFC7644-3.5.1-04"])
    .request(&Run(|mut operation, next| {
        if let Operation::Replace { fields, .. } = &mut operation
            && let Some(members) = next.registry().members()
        {
            Arc::make_mut(fields).remove(members);
        }
        next.run(operation)
    })),
    Deviation::new("put.merges", "a PUT on a user changes what it names and leaves the rest as it is")
        .permitted("RFC 7644 section 3.5.1 lets an endpoint clear, keep or default what a PUT leaves out")
        .rules(|rules| rules.on_put = OnPut::Merge),
    Deviation::new("put.merges-lists", "a PUT adds its values of a multi-valued attribute to those that are there")
        .breaks(&["RFC7644-3.5.1-16", "RFC7644-3.5.1-04"])
        .request(&EditReplacement(|put, draft| {
            let before = draft.fields().clone();
            (put.replace)(draft)?;
            for (id, slot) in before.iter() {
                if let (Slot::Many(old), Some(Slot::Many(new))) = (slot, draft.fields_mut().slot_mut(id)) {
                    add_missing(old, new, put.registry.find_sub_attribute(id, "primary"));
                }
            }
            Ok(())
        })),
    Deviation::new("put.null-ignored", "a PUT with null or an empty array for an attribute leaves its value as it is")
        .breaks(&["RFC7643-2.5-02", "RFC7643-2.5-03"])
        .request(&EditReplacement(|put, draft| {
            let before = draft.fields().clone();
            (put.replace)(draft)?;
            for (id, _) in put.fields.iter().filter(|(_, slot)| **slot == Slot::Null) {
                if let Some(old) = before.slot(id) {
                    draft.fields_mut().set(id, old.clone());
                }
            }
            Ok(())
        })),
    Deviation::new("put.read-only-refused", "a PUT whose body holds meta or groups is refused with 400 mutability")
        .breaks(&["RFC7644-3.1-07", "RFC7644-3.5.1-03", "RFC7644-3.5.1-13"])
        .given(|incoming| *incoming.method == Method::PUT)
        .request(&RefuseBody(ErrorKind::Mutability, "meta and groups cannot be written", |body| {
            body.get("meta").is_some() || body.get("groups").is_some()
        })),
    Deviation::new("put.refused", "PUT is answered with 501, because updates are expected as PATCH")
        .breaks(&["RFC7644-3.5-01", "RFC7644-3.2-09"])
        .rules(|rules| switch_off(rules, &[Capability::ReplaceUsers, Capability::ReplaceGroups])),
    Deviation::new(
        "put.required-cleared",
        "a PUT without the displayName of a group, though it is required, leaves a group without one",
    )
    .breaks(&["RFC7643-7-19", "RFC7643-4.2-02"])
    .exchange_with(|_| {
        (
            Box::new(EditRequest(|incoming| {
                if *incoming.method == Method::PUT && !incoming.path.starts_with("/Users") {
                    edit_body(incoming, |body| {
                        if body.is_object() && body.get("displayName").is_none() {
                            body["displayName"] = CLEARED.into();
                        }
                    });
                }
            })),
            Box::new(EditResource(|resource| {
                if resource["displayName"] == CLEARED {
                    remove(resource, &["displayName"]);
                }
            })),
        )
    }),
];

/// Appends the old values that are not among the new. The new primary value stays the only one (RFC 7643 section 2.4).
fn add_missing(old: &[Value], new: &mut Vec<Value>, primary: Option<AttributeId>) {
    let is_primary = |value: &Value| matches!((value, primary), (Value::Complex(subs), Some(primary)) if subs.values(primary) == [Value::Boolean(true)]);
    let has_primary = new.iter().any(is_primary);
    let mut missing: Vec<Value> = old.iter().filter(|value| !new.contains(value)).cloned().collect();
    for value in missing.iter_mut().filter(|value| has_primary && is_primary(value)) {
        if let (Value::Complex(subs), Some(primary)) = (value, primary) {
            subs.remove(primary);
        }
    }
    new.extend(missing);
}

/// Deletes and creates in the place of a PUT. Its operations are one for other writers, which find the resource either as it
/// was or under its new id, however they meet.
#[derive(Default)]
struct ChangesId(tokio::sync::Mutex<()>);

impl RequestSeam for ChangesId {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            if matches!(operation, Operation::Get { .. } | Operation::List(_) | Operation::Create { .. }) {
                return next.run(operation).await;
            }
            let _alone = self.0.lock().await;
            let Operation::Replace { resource_type, id, fields, condition } = operation else {
                return next.run(operation).await;
            };
            // What the application refuses is refused before anything is deleted.
            let replace = Operation::Replace { resource_type, id, fields: Arc::clone(&fields), condition };
            next.run(replace).await?;
            next.run(Operation::Delete { resource_type, id, condition: Condition::default() }).await?;
            match next.run(Operation::Create { resource_type, fields }).await? {
                Outcome::Created(stored) => Ok(Outcome::Changed(ChangeResult { stored, modified: true })),
                outcome => Ok(outcome),
            }
        })
    }
}

/// Makes the change of a PUT in another way.
struct EditReplacement(fn(&Put<'_>, &mut dyn Draft) -> scim::Result<()>);

/// A PUT that is carried out.
struct Put<'a> {
    registry: &'a Registry,
    resource_type: ResourceTypeId,
    fields: &'a Fields,
    /// What the application itself would do.
    replace: &'a Change,
}

impl RequestSeam for EditReplacement {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let Operation::Replace { resource_type, id, fields, condition } = operation else {
            return next.run(operation);
        };
        let (edit, replace) = (self.0, next.replacement(resource_type, Arc::clone(&fields)));
        next.edit(resource_type, id, condition, move |draft, registry| {
            edit(&Put { registry, resource_type, fields: &fields, replace: &replace }, draft)
        })
    }
}
