//! Changes that are answered as done and are not there.

use serde_json::Value;
use weir_exchange::Exchange;
use weir_exchange::difference::{Difference, assigned, same_state};

use super::signature::{Signature, UrlKind, is_anywhere, is_of_letter_case};
use crate::finding::Finding;
use crate::problem::Problem;

/// The signature of a problem whose last write is answered as done and is not there.
pub(super) fn of_problem(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    let write = last_write(problem)?;
    let method = write.method.to_string();
    if exchange.status >= 300 || !matches!(method.as_str(), "PATCH" | "PUT" | "DELETE") {
        return None;
    }
    // The answer to a deletion shows nothing of what became of the resource.
    if exchange.method == "DELETE" {
        return None;
    }
    // A frame that is wrong in every answer is not the write's.
    let frame = problem.sentence().split_once(' ').map_or("", |(word, _)| word);
    if matches!(frame, "id" | "schemas" | "meta") || frame.starts_with("meta.") {
        return None;
    }
    // A value that is kept in another letter case is there.
    if !problem.differences.is_empty() && problem.differences.iter().all(is_of_letter_case) {
        return None;
    }
    if write.status >= 400 {
        return Some(Signature::EffectOfRefused { method });
    }
    if method == "PUT" {
        if problem.sentence().ends_with(" is required, and the resource has none")
            || problem.differences.iter().any(|difference| is_lost_by(difference, write))
        {
            return Some(Signature::Status { method, place: UrlKind::Resource, came: write.status, due: 400 });
        }
        if !problem.differences.is_empty() && problem.differences.iter().all(|difference| is_as_sent(difference, write))
        {
            return None;
        }
    }
    let operation = if method == "PATCH" { operation_of(write) } else { String::new() };
    Some(Signature::Effect { method, operation })
}

fn last_write(problem: &Problem) -> Option<&Exchange> {
    problem.exchanges.iter().rev().map(|exchange| &**exchange).find(|exchange| exchange.method != "GET")
}

fn sent(write: &Exchange) -> Value {
    serde_json::from_slice(&write.request_body).unwrap_or_default()
}

/// Whether a PUT leaves out a value that must stay, and the resource lost it: the PUT has its effect, and had to be refused.
fn is_lost_by(difference: &Difference, put: &Exchange) -> bool {
    let sent = sent(put);
    let is_gone = difference.expected.is_some() && difference.found.is_none();
    is_gone && sent.is_object() && !is_anywhere(&sent, first_name(&difference.path))
}

/// Whether the resource is what the PUT says, which should have been refused or left out.
fn is_as_sent(difference: &Difference, put: &Exchange) -> bool {
    same_state(assigned(&sent(put), &difference.path), difference.found.as_ref())
}

/// The attribute that a path begins with, with its schema URI if it has one.
pub(super) fn first_name(path: &str) -> &str {
    // The version in a URI has a dot.
    let is_uri = path.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"));
    let name = if is_uri { path.rfind(':').map_or(0, |colon| colon + 1) } else { 0 };
    let end = path[name..].find(['.', '[']).map_or(path.len(), |end| name + end);
    &path[..end]
}

fn operations(patch: &Exchange) -> Vec<Value> {
    match sent(patch)["Operations"].take() {
        Value::Array(operations) => operations,
        _ => Vec::new(),
    }
}

/// The word that all operations of a PATCH have; empty if they differ.
fn operation_of(patch: &Exchange) -> String {
    let operations = operations(patch);
    let mut words = operations.iter().filter_map(|operation| operation["op"].as_str()).map(str::to_ascii_lowercase);
    let first = words.next().unwrap_or_default();
    let is_known = matches!(first.as_str(), "add" | "remove" | "replace");
    if is_known && words.all(|word| word == first) { first } else { String::new() }
}

/// What the paths of operations have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PathForm {
    Absent,
    Attribute,
    SubAttribute,
    ValueFilter,
    SchemaUri,
}

impl PathForm {
    fn of(operation: &Value) -> Self {
        match operation["path"].as_str() {
            None => Self::Absent,
            Some(path) if path.contains('[') => Self::ValueFilter,
            Some(path) if path.to_ascii_lowercase().starts_with("urn:") => Self::SchemaUri,
            Some(path) if path.contains('.') => Self::SubAttribute,
            Some(_) => Self::Attribute,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Absent => " without a path",
            Self::Attribute => "",
            Self::SubAttribute => " and the path of a sub-attribute",
            Self::ValueFilter => " and a path with a value filter",
            Self::SchemaUri => " and a path with a schema URI",
        }
    }
}

/// What the changes behind `findings` are, such as ` with replace and a path with a value filter`, and whether they are all seen
/// at one place.
pub(super) fn described(operation: &str, findings: &[&Finding]) -> (String, bool) {
    let problems: Vec<_> = findings.iter().filter_map(|finding| finding.gravest_problem()).collect();
    let mut forms = Vec::new();
    let mut names = Vec::new();
    for problem in &problems {
        for operation in last_write(problem).map(operations).unwrap_or_default() {
            let form = PathForm::of(&operation);
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        for name in problem.differences.iter().map(|difference| first_name(&difference.path)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut ids: Vec<_> = findings.iter().map(|finding| &finding.id).collect();
    ids.dedup();
    let is_one = ids.len() == 1 || names.len() <= 1;
    let form = match forms[..] {
        [form] => form.words(),
        [] => "",
        _ if forms.contains(&PathForm::Attribute) => "",
        _ => " and more than the name of an attribute",
    };
    let with = if operation.is_empty() { "" } else { " with " };
    (format!("{with}{operation}{}", if operation.is_empty() { "" } else { form }), is_one)
}
