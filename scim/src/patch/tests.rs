//! The tests of PATCH and PUT. Tables give a resource, operations, and what is stored afterwards or the refusal.

use serde_json::{Value as Json, json};

use super::{Draft, TreeDraft};
use crate::Result;
use crate::message::PATCH_OP;
use crate::resource::read::Policy;
use crate::resource::tests::{group, policy, read_as, registry, shown, user, written};
use crate::resource::{Fields, validate};
use crate::schema::ResourceTypeId;
use crate::tolerance::Tolerance;

mod add;
mod laws;
mod put;
mod reading;
mod remove;
mod replace;
mod tolerances;

/// One row: the resource without `schemas`, the operations, and the resource or the start of the refusal.
struct Case {
    before: Json,
    operations: Json,
    after: std::result::Result<Json, &'static str>,
}

fn case(before: Json, operations: Json, after: Json) -> Case {
    Case { before, operations, after: Ok(after) }
}

fn refused(before: Json, operations: Json, refusal: &'static str) -> Case {
    Case { before, operations, after: Err(refusal) }
}

/// An operation with a path.
#[expect(clippy::needless_pass_by_value, reason = "a row reads better without a borrow")]
fn op(name: &str, path: &str, value: Json) -> Json {
    json!([{"op": name, "path": path, "value": value}])
}

fn remove_op(path: &str) -> Json {
    json!([{"op": "remove", "path": path}])
}

/// An operation without path.
#[expect(clippy::needless_pass_by_value, reason = "a row reads better without a borrow")]
fn bare(name: &str, value: Json) -> Json {
    json!([{"op": name, "value": value}])
}

/// Applies a message to a clone, as the store does, and gives what would be stored.
fn patched(kind: ResourceTypeId, before: &Fields, operations: &Json, policy: &Policy) -> Result<Fields> {
    let body = json!({"schemas": [PATCH_OP], "Operations": operations});
    let patch = super::read(registry(), kind, &body, policy)?;
    let mut draft = TreeDraft(before.clone());
    super::apply(registry(), kind, &patch, policy, &mut draft)?;
    validate::check(registry(), kind, draft.fields_mut(), &policy.tolerances)?;
    Ok(draft.0)
}

/// A user has a userName and a group a displayName unless the row says something else.
fn complete(kind: ResourceTypeId, resource: &Json) -> Json {
    let mut resource = resource.clone();
    let name = if kind == user() { "userName" } else { "displayName" };
    if resource.get(name).is_none() {
        resource[name] = json!("b");
    }
    resource
}

/// What happened instead, when a row does not hold.
fn difference(kind: ResourceTypeId, tolerances: &[Tolerance], case: &Case) -> Option<String> {
    let Case { before, operations, after } = case;
    let policy = policy(tolerances);
    let mut fields = read_as(kind, &complete(kind, before), &Policy::default()).unwrap();
    validate::check(registry(), kind, &mut fields, &policy.tolerances).unwrap();
    match (patched(kind, &fields, operations, &policy), after) {
        (Ok(fields), after) => {
            let mut answer = written(kind, &fields);
            answer.as_object_mut().unwrap().shift_remove("schemas");
            let is_expected = after.as_ref().is_ok_and(|after| answer == complete(kind, after));
            (!is_expected).then(|| answer.to_string())
        }
        (Err(error), after) => {
            let error = shown(&error);
            let is_expected = after.as_ref().is_err_and(|refusal| error.starts_with(refusal));
            (!is_expected).then_some(error)
        }
    }
}

fn run(kind: ResourceTypeId, tolerances: &[Tolerance], cases: &[Case]) {
    for (row, case) in cases.iter().enumerate() {
        if let Some(instead) = difference(kind, tolerances, case) {
            let Case { before, operations, after } = case;
            panic!("row {row}: {before} with {operations}\n  gives {instead}\n  not {after:?}");
        }
    }
}

fn users(cases: &[Case]) {
    run(user(), &[], cases);
}

fn groups(cases: &[Case]) {
    run(group(), &[], cases);
}
