//! Misspelt members of schema files. Members that RFC 7643 does not have are let through, because vendors publish more of
//! them; one that is a known one with letters wrong would be left out in silence.

use serde_json::Value;
use weir_files::fault::FileFault;
use weir_files::name::UnknownName;

/// RFC 7643 section 7.
const ATTRIBUTE: [&str; 12] = [
    "name",
    "type",
    "subAttributes",
    "multiValued",
    "description",
    "required",
    "canonicalValues",
    "caseExact",
    "mutability",
    "returned",
    "uniqueness",
    "referenceTypes",
];
/// RFC 7643 sections 6 and 7.
const DOCUMENT: [&str; 9] =
    ["id", "name", "description", "attributes", "endpoint", "schema", "schemaExtensions", "schemas", "meta"];

/// Looks at all members of a file.
///
/// # Errors
/// The first that is misspelt.
pub(super) fn check(document: &Value) -> Result<(), FileFault> {
    if let Some(documents) = document.as_array() {
        return documents.iter().try_for_each(check);
    }
    let Some(members) = document.as_object() else { return Ok(()) };
    let is_list = |name: &str| members.get(name).is_some_and(Value::is_array);
    // Of other documents, such as a ServiceProviderConfig, no member is read.
    if !["attributes", "endpoint"].iter().any(|name| members.contains_key(*name)) {
        let lists = ["schemas", "resourceTypes", "Resources"].into_iter().filter(|name| is_list(name));
        return lists.filter_map(|name| members[name].as_array()).flatten().try_for_each(check);
    }
    let id = members.get("id").or_else(|| members.get("name")).and_then(Value::as_str).unwrap_or_default();
    known(document, id, &DOCUMENT)?;
    attributes(members.get("attributes"), id, ':')
}

fn attributes(list: Option<&Value>, parent: &str, separator: char) -> Result<(), FileFault> {
    for attribute in list.and_then(Value::as_array).into_iter().flatten() {
        let name = attribute.get("name").and_then(Value::as_str).unwrap_or_default();
        let place = format!("{parent}{separator}{name}");
        known(attribute, &place, &ATTRIBUTE)?;
        attributes(attribute.get("subAttributes"), &place, '.')?;
    }
    Ok(())
}

fn known(object: &Value, place: &str, known: &[&str]) -> Result<(), FileFault> {
    let mut members = object.as_object().into_iter().flatten();
    let misspelt = members.find_map(|(name, _)| UnknownName::misspelling("member", name, known));
    misspelt.map_or(Ok(()), |name| Err(FileFault::unknown(place, &name)))
}
