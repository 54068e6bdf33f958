//! A PATCH that changes what it does not name, or not what it names.

use scim::resource::{Fields, Slot, Value as Stored};
use scim::schema::{Registry, standard};
use scim::{Error, ErrorKind};
use serde_json::{Value, json};

use super::{concerns, nothing};
use crate::application::{Next, Operation, Outcome};
use crate::deviations::part::answer::remove;
use crate::deviations::part::operations::{is, path};
use crate::deviations::part::run::find;
use crate::store::ChangeResult;

pub use crate::deviations::part::request::without_capitals;

/// Whether an operation names the attribute.
pub fn is_named(operations: &[Value], attribute: &str) -> bool {
    operations.iter().any(|operation| concerns(operation, attribute))
}

/// Puts a `remove` of each attribute of a standard extension before an operation without path that gives an object for the
/// extension and does not name the attribute.
pub fn replace_extensions(operations: &mut Vec<Value>) {
    let mut removals = Vec::new();
    for operation in operations.iter().filter(|operation| path(operation).is_none() && !is(operation, "remove")) {
        let objects = operation.get("value").and_then(Value::as_object).into_iter().flatten();
        for (uri, object) in objects.filter(|(name, value)| name.starts_with("urn:") && value.is_object()) {
            let Ok(schema) = standard::document(uri) else { continue };
            for attribute in &schema.attributes {
                if object.get(&*attribute.name).is_none() && !attribute.required {
                    removals.push(json!({"op": "remove", "path": format!("{uri}:{}", attribute.name)}));
                }
            }
        }
    }
    operations.splice(0..0, removals);
}

/// Takes `externalId` out of an operation.
pub fn ignore_external_id(operation: &mut Value) {
    match path(operation) {
        Some(path) if path.eq_ignore_ascii_case("externalId") => *operation = nothing(),
        None => remove(&mut operation["value"], &["externalId"]),
        Some(_) => {}
    }
}

/// Removes the value that was primary and is no longer.
pub fn remove_former_primary(registry: &Registry, before: &Fields, after: &mut Fields) {
    for (id, old) in before.iter() {
        let subs = (registry.find_sub_attribute(id, "primary"), registry.find_sub_attribute(id, "value"));
        let (Some(primary), Some(value)) = subs else { continue };
        let is_primary =
            |own: &Stored| matches!(own, Stored::Complex(own) if own.values(primary) == [Stored::Boolean(true)]);
        let text = |own: &Stored| match own {
            Stored::Complex(own) => own.string(value).map(str::to_owned),
            _ => None,
        };
        let former: Vec<_> = old.values().iter().filter(|own| is_primary(own)).filter_map(text).collect();
        if let Some(Slot::Many(new)) = after.slot_mut(id)
            && new.iter().any(|own| is_primary(own) && text(own).is_some_and(|text| !former.contains(&text)))
        {
            new.retain(|own| is_primary(own) || text(own).is_none_or(|text| !former.contains(&text)));
        }
    }
}

/// Answers a PATCH with the state before it.
pub async fn answer_before(operation: Operation, next: Next<'_>) -> scim::Result<Outcome> {
    let Operation::Patch { resource_type, id, .. } = operation else { return next.run(operation).await };
    let before = find(next, resource_type, id).await?;
    match (next.run(operation).await?, before) {
        (Outcome::Changed(changed), Some(stored)) => Ok(Outcome::Changed(ChangeResult { stored, ..changed })),
        (outcome, _) => Ok(outcome),
    }
}

/// Refuses a PATCH that left everything as it was.
pub async fn refuse_no_change(operation: Operation, next: Next<'_>) -> scim::Result<Outcome> {
    let is_patch = matches!(operation, Operation::Patch { .. });
    match next.run(operation).await? {
        Outcome::Changed(ChangeResult { modified: false, .. }) if is_patch => {
            Err(Error::new(ErrorKind::InvalidValue, "no valid fields to update"))
        }
        outcome => Ok(outcome),
    }
}
