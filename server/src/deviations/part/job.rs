//! Bulk jobs as deviations see them: the message before it is read, the results before they are sent.

use actix_web::http::Method;
use serde_json::{Map, Value};

use super::answer::remove;
use crate::application::{AnswerSeam, RequestSeam};
use crate::message::{Answer, Head, IncomingRequest};

/// Edits the message of a job before it is decoded.
pub struct EditJob(pub fn(&mut Map<String, Value>));

impl RequestSeam for EditJob {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        change_message(incoming, self.0);
        Ok(())
    }
}

/// Edits the operations of a job before they are decoded.
pub struct EditJobOperations(pub fn(&mut Vec<Value>));

impl RequestSeam for EditJobOperations {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        change_operations(incoming, self.0);
        Ok(())
    }
}

/// Edits the answer to a job that was carried out.
pub struct EditJobAnswer(pub fn(&mut Value));

impl AnswerSeam for EditJobAnswer {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answers_job(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let Some(mut body) = answer.json() else { return };
        (self.0)(&mut body);
        answer.set_json(&body);
    }
}

/// Edits each result of a job.
pub struct EditResult(pub fn(&mut Value));

impl AnswerSeam for EditResult {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answers_job(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_results(answer, |results| results.iter_mut().for_each(self.0));
    }
}

/// Edits the list of results of a job.
pub struct EditResults(pub fn(&mut Vec<Value>));

impl AnswerSeam for EditResults {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answers_job(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_results(answer, self.0);
    }
}

/// Takes a member out of each result of a job.
pub struct LeaveOutOfResults(pub &'static str);

impl AnswerSeam for LeaveOutOfResults {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        answers_job(head, answer)
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        change_results(answer, |results| results.iter_mut().for_each(|result| remove(result, &[self.0])));
    }
}

/// Whether a request is a job.
pub fn is_job(head: &Head<'_>) -> bool {
    head.method == Method::POST && head.path.trim_end_matches('/').ends_with("/Bulk")
}

/// Whether the answer is that to a job that was carried out.
pub fn answers_job(head: &Head<'_>, answer: &Answer) -> bool {
    is_job(head) && answer.status.is_success()
}

/// The results of a job.
pub fn results(answer: &Answer) -> Vec<Value> {
    let results = answer.json().and_then(|mut body| body.get_mut("Operations").map(Value::take));
    results.and_then(|results| results.as_array().cloned()).unwrap_or_default()
}

/// Changes the message of a job; other requests, and messages that are not JSON objects, stay as they are.
pub fn change_message(incoming: &mut IncomingRequest<'_>, change: impl FnOnce(&mut Map<String, Value>)) {
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
pub fn change_operations(incoming: &mut IncomingRequest<'_>, change: impl FnOnce(&mut Vec<Value>)) {
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

/// Whether a result tells of a failure.
pub fn has_failed(result: &Value) -> bool {
    result["status"].as_str().is_some_and(|status| !status.starts_with('2'))
}

pub fn is_post(result: &Value) -> bool {
    result["method"] == "POST"
}
