//! Parts at the request that edit the operations of a PATCH before they are decoded.

use actix_web::http::Method;
use serde_json::{Value, json};

use crate::application::RequestSeam;
use crate::message::IncomingRequest;

/// Edits the list of operations of every PATCH.
pub struct EditOperations(pub fn(&mut Vec<Value>));

impl RequestSeam for EditOperations {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        edit_operations(incoming, self.0);
        Ok(())
    }
}

/// Edits each operation of every PATCH.
pub struct EditOperation(pub fn(&mut Value));

impl RequestSeam for EditOperation {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        edit_operations(incoming, |operations| operations.iter_mut().for_each(self.0));
        Ok(())
    }
}

/// Puts [`nothing`] in the place of every operation of this kind.
pub struct IgnoreOperations(pub &'static str);

impl RequestSeam for IgnoreOperations {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        edit_operations(incoming, |operations| {
            operations.iter_mut().filter(|operation| is(operation, self.0)).for_each(|own| *own = nothing());
        });
        Ok(())
    }
}

/// Edits the operations of a PATCH; other requests stay as they are.
pub fn edit_operations(incoming: &mut IncomingRequest<'_>, edit: impl FnOnce(&mut Vec<Value>)) {
    if *incoming.method == Method::PATCH
        && let Ok(mut body) = serde_json::from_slice::<Value>(&incoming.body)
        && let Some(operations) = body.get_mut("Operations").and_then(Value::as_array_mut)
    {
        edit(operations);
        incoming.body = body.to_string().into();
    }
}

/// The operations of a PATCH; none where its body has no list of them.
pub fn operations(body: &Value) -> &[Value] {
    body.get("Operations").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Whether the operation is of this kind.
pub fn is(operation: &Value, op: &str) -> bool {
    operation.get("op").and_then(Value::as_str) == Some(op)
}

/// The operation's path.
pub fn path(operation: &Value) -> Option<&str> {
    operation.get("path").and_then(Value::as_str)
}

/// An operation that succeeds and changes nothing.
pub fn nothing() -> Value {
    json!({"op": "add", "value": {}})
}

/// What an operation does to a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    AddMembers,
    RemoveMembers,
    ReplaceMembers,
    Other,
}

/// The operations of a PATCH of a group.
pub fn group_operations<'b>(incoming: &IncomingRequest<'_>, body: &'b Value) -> Option<&'b Vec<Value>> {
    let is_patch = *incoming.method == Method::PATCH && incoming.path.starts_with("/Groups/");
    body.get("Operations")?.as_array().filter(|_| is_patch)
}

/// What an operation does, whatever the letter case of its words.
pub fn kind_of(operation: &Value) -> Kind {
    let path = path(operation).unwrap_or_default().to_lowercase();
    let names_members = |value: &Value| {
        value.as_object().is_some_and(|members| members.keys().any(|name| name.eq_ignore_ascii_case("members")))
    };
    let concerns_members = path.starts_with("members") || (path.is_empty() && names_members(&operation["value"]));
    if !concerns_members {
        return Kind::Other;
    }
    match operation["op"].as_str().unwrap_or_default().to_lowercase().as_str() {
        "add" => Kind::AddMembers,
        "remove" => Kind::RemoveMembers,
        _ => Kind::ReplaceMembers,
    }
}

/// How many members the body of a group, or the operations of a PATCH, name.
pub fn members_named(body: &Value) -> usize {
    let length = |value: &Value| value.as_array().map_or(usize::from(value.is_object()), Vec::len);
    let operations = body.get("Operations").and_then(Value::as_array).into_iter().flatten();
    let patched = operations.filter(|operation| kind_of(operation) != Kind::Other).map(|operation| {
        let value = &operation["value"];
        value
            .get("members")
            .map_or_else(|| length(value), length)
            .max(usize::from(path(operation).is_some_and(|path| path.contains('['))))
    });
    body.get("members").map_or(0, length) + patched.sum::<usize>()
}
