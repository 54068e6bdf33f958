//! STUB
use serde_json::Value as Json;

use super::{Fields, Slot};
use crate::Result;
use crate::schema::{AttributeId, Registry, ResourceTypeId};
use crate::tolerance::Tolerances;

/// What to do with attributes and schema URIs that no schema of the resource type knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownPolicy {
    /// 400 `invalidValue`/`invalidSyntax`
    Refuse,
    #[default]
    Ignore,
}

/// How bodies are read.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub unknown: UnknownPolicy,
    pub tolerances: Tolerances,
}

/// Parses a request body: UTF-8 without byte order mark, no member twice (names ignore case), integers within i64.
///
/// # Errors
/// `invalidSyntax` with line and column; `invalidValue` for a number out of range.
pub fn json(body: &[u8]) -> Result<Json> {
    let _ = body;
    unimplemented!()
}

/// Reads the body of a create or replace. readOnly attributes are dropped (RFC 7644 section 3.5.1), nulls are kept as
/// [`Slot::Null`].
///
/// # Errors
/// `invalidValue`, `invalidSyntax` naming the attribute.
pub fn resource(registry: &Registry, resource_type: ResourceTypeId, body: &Json, policy: &Policy) -> Result<Fields> {
    let _ = (registry, resource_type, body, policy);
    unimplemented!()
}

/// Reads the value of one attribute or sub-attribute, as PATCH has it.
///
/// # Errors
/// `invalidValue` naming the attribute.
pub fn slot(registry: &Registry, attribute: AttributeId, value: &Json, policy: &Policy) -> Result<Slot> {
    let _ = (registry, attribute, value, policy);
    unimplemented!()
}
