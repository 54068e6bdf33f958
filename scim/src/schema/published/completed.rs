//! The characteristics that a document of a schema of RFC 7643 leaves out.

use serde_json::Value as Json;

use super::member;
use crate::schema::{Attribute, AttributeType, Mutability, Returned, Uniqueness};

/// The definitions with the characteristics that they leave out and that RFC 7643 gives to its attributes: where `multiValued`
/// is left out, `emails` are several all the same. `unsaid` names those that are not the default of section 2.2.
pub(super) fn completed(
    definitions: &[Json],
    standard: &[Attribute],
    parent: &str,
    unsaid: &mut Vec<String>,
) -> Vec<Json> {
    definitions.iter().map(|definition| one(definition, standard, parent, unsaid)).collect()
}

fn one(definition: &Json, standard: &[Attribute], parent: &str, unsaid: &mut Vec<String>) -> Json {
    let mut definition = definition.clone();
    let Some(members) = definition.as_object_mut() else { return definition };
    let name = member(members, "name").and_then(Json::as_str).unwrap_or_default();
    let Some(known) = standard.iter().find(|known| known.name.eq_ignore_ascii_case(name)) else { return definition };
    let path = format!("{parent}{}", known.name);
    for (characteristic, value) in characteristics(known) {
        // What has no parts cannot be read as complex.
        let is_without_parts = value == "complex" && member(members, "subAttributes").is_none();
        if member(members, characteristic).is_none() && !is_without_parts {
            unsaid.push(format!("{characteristic} of {path}"));
            members.insert(characteristic.to_owned(), value);
        }
    }
    let parts = members.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("subAttributes"));
    if let Some((_, Json::Array(parts))) = parts {
        *parts = completed(parts, &known.sub_attributes, &format!("{path}."), unsaid);
    }
    definition
}

/// Those that are not the default.
fn characteristics(known: &Attribute) -> Vec<(&'static str, Json)> {
    let mut all = Vec::new();
    if known.attribute_type != AttributeType::default() {
        all.push(("type", Json::from(known.attribute_type.as_str())));
    }
    for (name, flag) in
        [("multiValued", known.multi_valued), ("required", known.required), ("caseExact", known.case_exact)]
    {
        if flag {
            all.push((name, Json::from(true)));
        }
    }
    if known.mutability != Mutability::default() {
        all.push(("mutability", Json::from(known.mutability.as_str())));
    }
    if known.returned != Returned::default() {
        all.push(("returned", Json::from(known.returned.as_str())));
    }
    if known.uniqueness != Uniqueness::default() {
        all.push(("uniqueness", Json::from(known.uniqueness.as_str())));
    }
    if !known.reference_types.is_empty() {
        all.push(("referenceTypes", Json::from(known.reference_types.clone())));
    }
    all
}
