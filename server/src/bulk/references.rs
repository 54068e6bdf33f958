//! References to resources that the job itself creates (RFC 7644 section 3.7.2): `bulkId:NAME` in place of an id.
//!
//! In `data` every string that begins with `bulkId:` is one, since no id may contain that text (RFC 7643 section 3.1); in
//! the paths of a PATCH, a quoted comparison value is; in the path of an operation, a segment is.

use std::collections::{BTreeSet, HashMap};

use scim::{Error, ErrorKind, Result};
use serde_json::Value as Json;

use super::{BulkOperation, BulkRequest};

/// What precedes the name.
const PREFIX: &str = "bulkId:";

/// Which operation has which `bulkId`, of those that create something.
pub type BulkIds<'j> = HashMap<&'j str, usize>;

/// The names of the job.
pub fn names(operations: &[BulkOperation]) -> BulkIds<'_> {
    let created = operations.iter().enumerate().filter(|(_, operation)| operation.creates());
    created.filter_map(|(index, operation)| Some((operation.bulk_id.as_deref()?, index))).collect()
}

/// For each operation, those that must come before it: the ones that create what it refers to, and the one before it on the
/// same resource, so that changes of one resource keep their order even when one of them has to wait.
pub fn dependencies(operations: &[BulkOperation], names: &BulkIds<'_>) -> Vec<Vec<usize>> {
    let mut last_on: HashMap<&str, usize> = HashMap::new();
    operations
        .iter()
        .enumerate()
        .map(|(index, operation)| {
            let Ok(request) = &operation.request else { return Vec::new() };
            let mut needed: BTreeSet<usize> = BTreeSet::new();
            visit(request, &mut |name| {
                needed.extend(names.get(name));
            });
            if !operation.creates() {
                needed.extend(last_on.insert(&request.path, index));
            }
            needed.into_iter().collect()
        })
        .collect()
}

/// Calls `found` with the name of every reference of an operation.
pub fn visit<'r>(request: &'r BulkRequest, found: &mut dyn FnMut(&'r str)) {
    for segment in request.path.split('/') {
        if let Some(name) = segment.strip_prefix(PREFIX) {
            found(name);
        }
    }
    if let Some(data) = &request.data {
        visit_value(data, None, found);
    }
}

fn visit_value<'r>(value: &'r Json, member: Option<&str>, found: &mut dyn FnMut(&'r str)) {
    match value {
        Json::String(text) => {
            if let Some(name) = text.strip_prefix(PREFIX) {
                found(name);
            } else if is_path(member) {
                quoted(text).for_each(found);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| visit_value(item, None, found)),
        Json::Object(members) => members.iter().for_each(|(name, value)| visit_value(value, Some(name), found)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn is_path(member: Option<&str>) -> bool {
    member.is_some_and(|name| name.eq_ignore_ascii_case("path"))
}

/// The names in the quoted references of a PATCH path, such as `members[value eq "bulkId:a"]`.
fn quoted(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices("\"bulkId:").filter_map(|(at, opening)| {
        let rest = &path[at + opening.len()..];
        rest.find('"').map(|end| &rest[..end])
    })
}

/// The path and data of a request with every reference replaced by the id that `resolve` knows.
///
/// # Errors
/// The first error of `resolve`.
pub fn resolved(request: &BulkRequest, resolve: &dyn Fn(&str) -> Result<String>) -> Result<(String, Option<Json>)> {
    let mut path = String::with_capacity(request.path.len());
    for segment in request.path.split('/').skip(1) {
        path.push('/');
        match segment.strip_prefix(PREFIX) {
            Some(name) => path.push_str(&resolve(name)?),
            None => path.push_str(segment),
        }
    }
    let data = request.data.as_ref().map(|data| replaced(data, None, resolve)).transpose()?;
    Ok((path, data))
}

fn replaced(value: &Json, member: Option<&str>, resolve: &dyn Fn(&str) -> Result<String>) -> Result<Json> {
    Ok(match value {
        Json::String(text) => match text.strip_prefix(PREFIX) {
            Some(name) => resolve(name)?.into(),
            None if is_path(member) => {
                let mut path = text.clone();
                for name in quoted(text) {
                    path = path.replace(&format!("\"{PREFIX}{name}\""), &format!("\"{}\"", resolve(name)?));
                }
                path.into()
            }
            None => value.clone(),
        },
        Json::Array(items) => items.iter().map(|item| replaced(item, None, resolve)).collect::<Result<_>>()?,
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| Ok((name.clone(), replaced(value, Some(name), resolve)?)))
            .collect::<Result<_>>()?,
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    })
}

/// The data of a resource without the attributes, or elements of arrays, that refer to one of `pending`; `None` when there
/// is no such reference. This is how a circle is broken: what is left out is added once all its resources exist.
pub fn without(data: &Json, pending: &BTreeSet<&str>) -> Option<Json> {
    let refers = |value: &Json| {
        let mut any = false;
        visit_value(value, None, &mut |name| any |= pending.contains(name));
        any
    };
    let members = data.as_object().filter(|_| refers(data))?;
    let mut kept = serde_json::Map::new();
    for (name, value) in members {
        let left = match value {
            Json::Array(items) => Json::Array(items.iter().filter(|item| !refers(item)).cloned().collect()),
            // An extension's object holds attributes of its own (RFC 7643 section 3.3).
            Json::Object(_) if name.contains(':') => without(value, pending).unwrap_or_else(|| value.clone()),
            value if refers(value) => continue,
            value => value.clone(),
        };
        kept.insert(name.clone(), left);
    }
    Some(Json::Object(kept))
}

/// The refusal of a reference to a name that no operation of the job creates.
pub fn unknown(name: &str) -> Error {
    Error::new(ErrorKind::InvalidValue, format!("no POST operation of this job has the bulkId {name:?}"))
}

/// The refusal of a reference to a resource that could not be created.
pub fn failed(name: &str) -> Error {
    Error::new(ErrorKind::Conflict, format!("the operation needs bulkId {name:?}, whose resource was not created"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn request(path: &str, data: Json) -> BulkRequest {
        BulkRequest {
            method: actix_web::http::Method::PATCH,
            path: path.into(),
            query: None,
            version: None,
            data: Some(data),
        }
    }

    #[test]
    fn references_are_found_and_replaced_wherever_they_may_stand() {
        let request = request(
            "/Groups/bulkId:g",
            json!({
                "members": [{ "value": "bulkId:a" }, { "value": "x" }],
                "urn:example:x": { "manager": { "value": "bulkId:b" } },
                "Operations": [{ "path": "members[value eq \"bulkId:c\" or value eq \"bulkId:a\"]" }],
                "displayName": "not bulkId:z",
            }),
        );
        let mut found = Vec::new();
        visit(&request, &mut |name| found.push(name));
        assert_eq!(found, ["g", "a", "b", "c", "a"]);
        let (path, data) = resolved(&request, &|name| Ok(name.to_uppercase())).unwrap();
        assert_eq!(path, "/Groups/G");
        assert_eq!(
            data.unwrap(),
            json!({
                "members": [{ "value": "A" }, { "value": "x" }],
                "urn:example:x": { "manager": { "value": "B" } },
                "Operations": [{ "path": "members[value eq \"C\" or value eq \"A\"]" }],
                "displayName": "not bulkId:z",
            })
        );
        let error = resolved(&request, &|name| if name == "b" { Err(unknown(name)) } else { Ok(String::new()) });
        assert!(error.unwrap_err().detail().contains("\"b\""));
    }

    #[test]
    fn what_refers_to_the_pending_is_left_out_as_a_whole() {
        let data = json!({
            "members": [{ "value": "bulkId:a" }, { "value": "bulkId:b" }],
            "urn:example:x": { "manager": { "value": "bulkId:a" }, "costCenter": "1" },
            "owner": { "value": "bulkId:a" },
        });
        assert_eq!(
            without(&data, &BTreeSet::from(["a"])).unwrap(),
            json!({ "members": [{ "value": "bulkId:b" }], "urn:example:x": { "costCenter": "1" } })
        );
        assert_eq!(without(&data, &BTreeSet::from(["c"])), None);
    }
}
