//! Bulk jobs as deviations see them: the message before it is read, the results before they are sent.

use actix_web::http::Method;
use serde_json::{Map, Value};

use crate::message::{Answer, Head, Incoming};

/// Whether a request is a job.
pub fn is_job(head: &Head<'_>) -> bool {
    head.method == Method::POST && head.path.trim_end_matches('/').ends_with("/Bulk")
}

/// Changes the message of a job; other requests, and messages that are no JSON object, stay as they are.
pub fn change_message(incoming: &mut Incoming<'_>, change: impl FnOnce(&mut Map<String, Value>)) {
    if incoming.path.trim_matches('/') != "Bulk" {
        return;
    }
    if let Ok(mut message) = serde_json::from_slice::<Value>(&incoming.body)
        && let Some(members) = message.as_object_mut()
    {
        change(members);
        incoming.body = message.to_string().into();
    }
}

/// Changes the operations of a job.
pub fn change_operations(incoming: &mut Incoming<'_>, change: impl FnOnce(&mut Vec<Value>)) {
    change_message(incoming, |message| {
        if let Some(operations) = message.get_mut("Operations").and_then(Value::as_array_mut) {
            change(operations);
        }
    });
}

/// Changes the results of a job that was answered with some.
pub fn change_results(answer: &mut Answer, change: impl FnOnce(&mut Vec<Value>)) {
    let Some(mut body) = answer.json() else { return };
    if let Some(results) = body.get_mut("Operations").and_then(Value::as_array_mut) {
        change(results);
        answer.set_json(&body);
    }
}

/// Takes a member out of a result.
pub fn remove(result: &mut Value, member: &str) {
    if let Some(members) = result.as_object_mut() {
        members.remove(member);
    }
}

/// Whether a result tells of a failure.
pub fn has_failed(result: &Value) -> bool {
    result["status"].as_str().is_some_and(|status| !status.starts_with('2'))
}

pub fn is_post(result: &Value) -> bool {
    result["method"] == "POST"
}
