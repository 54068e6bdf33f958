//! The tests of this module, and the schemas that they and the tests of `patch` work with.

use std::sync::LazyLock;

use serde_json::Value as Json;

use super::projection::Projection;
use super::read::{self, Policy, UnknownPolicy};
use super::{Fields, validate, write};
use crate::schema::standard::{
    ENTERPRISE_USER, GROUP, IAN_USER, USER, document, group_resource_type, user_resource_type,
};
use crate::schema::{Registry, ResourceTypeId, SchemaDocument};
use crate::tolerance::Tolerance;
use crate::{Error, Result};

mod body;
mod laws;
mod projecting;
mod reading;
mod validating;

/// An extension with every type and characteristic that the standard schemas lack.
pub(crate) const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";

const BADGE_SCHEMA: &str = r#"{
  "id": "urn:example:params:scim:schemas:extension:badge:2.0:User",
  "name": "Badge",
  "attributes": [
    {"name": "number", "mutability": "immutable"},
    {"name": "serial", "mutability": "readOnly"},
    {"name": "pin", "mutability": "writeOnly", "returned": "never"},
    {"name": "colour", "returned": "always"},
    {"name": "note", "returned": "request"},
    {"name": "level", "type": "integer"},
    {"name": "ratio", "type": "decimal"},
    {"name": "issued", "type": "dateTime"},
    {"name": "image", "type": "binary", "caseExact": true},
    {"name": "page", "type": "reference", "referenceTypes": ["uri"], "caseExact": true},
    {"name": "doors", "multiValued": true, "caseExact": true},
    {"name": "desk", "type": "complex", "subAttributes": [
      {"name": "building", "required": true},
      {"name": "room", "mutability": "immutable"},
      {"name": "floor", "type": "integer"},
      {"name": "code", "mutability": "writeOnly", "returned": "never"},
      {"name": "owner", "mutability": "readOnly"},
      {"name": "plan", "returned": "request"},
      {"name": "site", "returned": "always"}
    ]},
    {"name": "tag", "type": "complex", "returned": "always", "subAttributes": [
      {"name": "code"},
      {"name": "hint", "returned": "request"}
    ]},
    {"name": "keys", "type": "complex", "multiValued": true, "subAttributes": [
      {"name": "value", "required": true, "mutability": "immutable"},
      {"name": "label"},
      {"name": "primary", "type": "boolean"}
    ]}
  ]
}"#;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let mut documents: Vec<SchemaDocument> = [USER, GROUP, ENTERPRISE_USER, IAN_USER]
        .into_iter()
        .map(|uri| document(uri).expect("a standard schema"))
        .collect();
    documents.push(SchemaDocument::parse(BADGE_SCHEMA).expect("the test's schema"));
    let types = vec![user_resource_type(&[ENTERPRISE_USER, IAN_USER, BADGE]), group_resource_type()];
    Registry::build(documents, types).expect("a registry")
});

pub(crate) fn registry() -> &'static Registry {
    &REGISTRY
}

pub(crate) fn user() -> ResourceTypeId {
    registry().resource_type_by_name("User").expect("the type User")
}

pub(crate) fn group() -> ResourceTypeId {
    registry().resource_type_by_name("Group").expect("the type Group")
}

pub(crate) fn policy(tolerances: &[Tolerance]) -> Policy {
    Policy { unknown: UnknownPolicy::Ignore, tolerances: tolerances.iter().copied().collect() }
}

pub(crate) fn refusing() -> Policy {
    Policy { unknown: UnknownPolicy::Refuse, ..Policy::default() }
}

/// The keyword of an error and its sentence, as the tables have it.
pub(crate) fn shown(error: &Error) -> String {
    format!("{}: {}", error.scim_type().map_or("no scimType", crate::ScimType::as_str), error.detail())
}

/// Reads a resource, adding `schemas`.
pub(crate) fn read_as(kind: ResourceTypeId, body: &Json, policy: &Policy) -> Result<Fields> {
    let mut body = body.clone();
    if let Some(members) = body.as_object_mut() {
        let core = registry().resource_type(kind).document.schema.clone();
        members.entry("schemas").or_insert_with(|| vec![core].into());
    }
    read::resource(registry(), kind, &body, policy)
}

/// Reads, checks and writes a resource with everything that is shown by default.
pub(crate) fn stored(kind: ResourceTypeId, body: &Json, policy: &Policy) -> Result<Json> {
    let mut fields = read_as(kind, body, policy)?;
    validate::check(registry(), kind, &mut fields, &policy.tolerances)?;
    Ok(written(kind, &fields))
}

pub(crate) fn written(kind: ResourceTypeId, fields: &Fields) -> Json {
    written_with(kind, fields, &Projection::everything(registry(), kind))
}

pub(crate) fn written_with(kind: ResourceTypeId, fields: &Fields, projection: &Projection) -> Json {
    let mut out = Vec::new();
    write::resource(&mut out, registry(), kind, fields, projection);
    let text = std::str::from_utf8(&out).expect("UTF-8");
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
