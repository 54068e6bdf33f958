//! Reading the operations of a PATCH otherwise than they are meant: a part that several deviations share.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::seam::RequestSeam;
use crate::http::Incoming;

/// Rewrites the operations of every PATCH before they are decoded.
pub struct Misread(pub fn(&mut Vec<Value>));

impl RequestSeam for Misread {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        if *incoming.method == Method::PATCH
            && let Ok(mut body) = serde_json::from_slice::<Value>(&incoming.body)
            && let Some(operations) = body.get_mut("Operations").and_then(Value::as_array_mut)
        {
            (self.0)(operations);
            incoming.body = body.to_string().into();
        }
        Ok(())
    }
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

/// Puts [`nothing`] in the place of every operation of this kind.
pub fn ignore(operations: &mut [Value], op: &str) {
    for operation in operations.iter_mut().filter(|operation| is(operation, op)) {
        *operation = nothing();
    }
}
