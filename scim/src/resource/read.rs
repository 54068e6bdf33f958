//! Reading resources from JSON, driven by the schemas: names are looked up without regard to case, every value is checked
//! against its attribute's type and format, and nothing is coerced unless a tolerance says so.

use serde_json::{Map, Value as Json};

use super::{Fields, Slot, Value, format};
use crate::error::json_kind;
use crate::schema::standard::ENTERPRISE_USER;
use crate::schema::{
    Attribute, AttributeId, AttributeType, Mutability, Registry, ResourceTypeId, Returned, SchemaId, common,
};
use crate::tolerance::{Tolerance, Tolerances};
use crate::{Error, ErrorKind, Result};

mod body;

pub use body::json;

/// What to do with attributes and schema URIs that no schema of the resource type knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnknownPolicy {
    /// 400 `invalidSyntax` for an attribute, `invalidValue` for a URI in `schemas`.
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

impl Policy {
    pub(crate) fn allows(&self, tolerance: Tolerance) -> bool {
        self.tolerances.allows(tolerance)
    }
}

/// Reads the body of a create or replace. readOnly attributes are dropped (RFC 7644 sections 3.3 and 3.5.1), nulls are kept
/// as [`Slot::Null`].
///
/// `schemas` is checked and left out of the result: it follows from the attributes that have a value, so that data of an
/// extension whose URI was not listed is kept and its URI is added by itself.
///
/// # Errors
/// `invalidValue`, `invalidSyntax` naming the attribute.
pub fn resource(registry: &Registry, resource_type: ResourceTypeId, body: &Json, policy: &Policy) -> Result<Fields> {
    let members = object(body, "the resource")?;
    let schemas = members.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas")).map(|(_, value)| value);
    match schemas {
        Some(value) if !value.is_null() => check_schemas(registry, resource_type, value, true, policy)?,
        _ if policy.allows(Tolerance::InferSchemas) => {}
        _ => {
            let core = &registry.resource_type(resource_type).document.schema;
            return Err(invalid_value(format!("schemas is missing; list at least {core:?}")));
        }
    }
    let mut fields = Fields::new();
    for (name, value) in members {
        match member(registry, resource_type, name, policy) {
            Member::Attribute(id) => assign(registry, &mut fields, id, value, policy)?,
            Member::Extension(schema) => extension(registry, schema, name, value, &mut fields, policy)?,
            Member::Unknown => unknown_attribute(registry, resource_type, name, policy)?,
        }
    }
    Ok(fields)
}

fn extension(
    registry: &Registry,
    schema: SchemaId,
    name: &str,
    value: &Json,
    fields: &mut Fields,
    policy: &Policy,
) -> Result<()> {
    for (inner, value) in extension_members(value, name)? {
        match registry.find_in_schema(schema, inner) {
            Some(id) => assign(registry, fields, id, value, policy)?,
            None if policy.unknown == UnknownPolicy::Ignore => {}
            None => {
                return Err(Error::new(ErrorKind::InvalidSyntax, format!("{name} has no attribute {inner}")));
            }
        }
    }
    Ok(())
}

fn assign(registry: &Registry, fields: &mut Fields, id: AttributeId, value: &Json, policy: &Policy) -> Result<()> {
    if id != common::SCHEMAS && registry.attribute(id).mutability != Mutability::ReadOnly {
        fields.set(id, slot(registry, id, value, policy)?);
    }
    Ok(())
}

/// What a member of a resource's JSON object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    Attribute(AttributeId),
    /// The URI of an extension, whose value holds the extension's attributes (RFC 7643 section 3.3).
    Extension(SchemaId),
    Unknown,
}

pub(crate) fn member(registry: &Registry, resource_type: ResourceTypeId, name: &str, policy: &Policy) -> Member {
    if !name.contains(':') {
        return registry.find_attribute(resource_type, name).map_or(Member::Unknown, Member::Attribute);
    }
    let extensions = &registry.resource_type(resource_type).extensions;
    let known = registry.schema_id(name).or_else(|| former_schema(registry, resource_type, name, policy));
    let known = known.filter(|id| extensions.iter().any(|(extension, _)| extension == id));
    known.map_or(Member::Unknown, Member::Extension)
}

/// The schema that a URN from before RFC 7643 means, or a misspelling of one that a client's documentation has.
fn former_schema(registry: &Registry, resource_type: ResourceTypeId, uri: &str, policy: &Policy) -> Option<SchemaId> {
    const CORE: &str = "urn:scim:schemas:core:";
    const ENTERPRISE: [&str; 2] =
        ["urn:scim:schemas:extension:enterprise:", "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"];
    if !policy.allows(Tolerance::FormerSchemaUris) {
        return None;
    }
    let begins = |prefix: &str| uri.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins(CORE) {
        return Some(registry.resource_type(resource_type).schema);
    }
    if ENTERPRISE.into_iter().any(begins) { registry.schema_id(ENTERPRISE_USER) } else { None }
}

/// The members of an extension's object, none for null.
pub(crate) fn extension_members<'j>(
    value: &'j Json,
    name: &str,
) -> Result<impl Iterator<Item = (&'j String, &'j Json)>> {
    let members = if value.is_null() { None } else { Some(object(value, name)?) };
    Ok(members.into_iter().flatten())
}

fn unknown_attribute(registry: &Registry, resource_type: ResourceTypeId, name: &str, policy: &Policy) -> Result<()> {
    if policy.unknown == UnknownPolicy::Ignore {
        return Ok(());
    }
    let type_name = &registry.resource_type(resource_type).document.name;
    let detail = format!("resource type {type_name} has no attribute or extension {name:?}; leave it out");
    Err(Error::new(ErrorKind::InvalidSyntax, detail))
}

/// Checks a value of `schemas` (RFC 7643 section 3): URIs of the resource type's schemas, compared exactly, the core schema
/// among them when `whole`.
pub(crate) fn check_schemas(
    registry: &Registry,
    resource_type: ResourceTypeId,
    value: &Json,
    whole: bool,
    policy: &Policy,
) -> Result<()> {
    let kind = registry.resource_type(resource_type);
    let uris = match value {
        Json::Array(uris) => uris.as_slice(),
        Json::String(_) if policy.allows(Tolerance::WrapSingleValue) => std::slice::from_ref(value),
        _ => return Err(invalid_value(format!("schemas: expected an array of URIs, got {}", json_kind(value)))),
    };
    let mut has_core = false;
    for uri in uris {
        let Json::String(uri) = uri else {
            return Err(invalid_value(format!("schemas: expected a URI, got {}", json_kind(uri))));
        };
        let former = former_schema(registry, resource_type, uri, policy);
        has_core |= *uri == kind.document.schema || former == Some(kind.schema);
        let is_known = former.is_some()
            || registry.schemas_of(resource_type).skip(1).any(|id| registry.schema(id).document.id == *uri);
        if !is_known && policy.unknown == UnknownPolicy::Refuse {
            let known: Vec<_> =
                registry.schemas_of(resource_type).skip(1).map(|id| registry.schema(id).document.id.as_str()).collect();
            return Err(invalid_value(format!(
                "schemas: {uri:?} is not a schema of resource type {}; it has {}",
                kind.document.name,
                known.join(", ")
            )));
        }
    }
    if whole && !has_core {
        return Err(invalid_value(format!(
            "schemas does not list {}, the schema of resource type {} (URIs are compared exactly)",
            kind.document.schema, kind.document.name
        )));
    }
    Ok(())
}

/// Reads the value of one attribute or sub-attribute, as PATCH has it. `null`, and an empty array, become [`Slot::Null`].
///
/// readOnly sub-attributes inside a complex value are dropped: the RFC's own examples send `members.display`. In an element
/// of a multi-valued attribute, nulls are dropped too, and so are elements that say nothing.
///
/// # Errors
/// `invalidValue` naming the attribute.
pub fn slot(registry: &Registry, attribute: AttributeId, value: &Json, policy: &Policy) -> Result<Slot> {
    let definition = registry.attribute(attribute);
    if value.is_null() {
        return Ok(Slot::Null);
    }
    if !definition.multi_valued {
        let value = if is_manager(registry, attribute) { manager(value, policy) } else { value };
        return match value {
            Json::Null => Ok(Slot::Null),
            Json::String(id) if is_manager(registry, attribute) && policy.allows(Tolerance::ManagerString) => {
                wrapped(registry, attribute, id).map(Slot::One)
            }
            _ => one(registry, attribute, value, policy).map(Slot::One),
        };
    }
    let values = match value {
        Json::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, item)| {
                element(registry, attribute, item, policy)
                    .map_err(|error| error.context(format_args!("{}[{at}]", definition.name)))
            })
            .collect::<Result<Vec<_>>>()?,
        Json::String(text) if policy.allows(Tolerance::WrapSingleValue) && is_complex(definition) => {
            vec![wrapped(registry, attribute, text)?]
        }
        _ if policy.allows(Tolerance::WrapSingleValue) => vec![element(registry, attribute, value, policy)?],
        _ => return Err(mistyped(registry, attribute, "an array", value)),
    };
    let values: Vec<_> = values.into_iter().filter(|value| !value.is_unassigned()).collect();
    Ok(if values.is_empty() { Slot::Null } else { Slot::Many(values) })
}

/// Reads one value of a multi-valued attribute.
///
/// # Errors
/// `invalidValue` naming the attribute.
pub(crate) fn element(registry: &Registry, attribute: AttributeId, value: &Json, policy: &Policy) -> Result<Value> {
    let mut value = one(registry, attribute, value, policy)?;
    if let Value::Complex(fields) = &mut value {
        fields.retain(|_, slot| !slot.is_unassigned());
    }
    Ok(value)
}

fn is_complex(attribute: &Attribute) -> bool {
    attribute.attribute_type == AttributeType::Complex
}

fn is_manager(registry: &Registry, attribute: AttributeId) -> bool {
    let definition = registry.definition(attribute);
    definition.attribute.name == "manager" && registry.schema(definition.schema).document.id == ENTERPRISE_USER
}

/// The shapes in which clients send and take away a manager, brought to one.
fn manager<'j>(value: &'j Json, policy: &Policy) -> &'j Json {
    if !policy.allows(Tolerance::ManagerString) {
        return value;
    }
    let value = match value {
        Json::Array(items) if items.len() == 1 => &items[0],
        _ => value,
    };
    let id = match value {
        Json::Object(members) => members.get("value").filter(|_| members.len() == 1),
        _ => Some(value),
    };
    if id.is_some_and(|id| id.as_str() == Some("")) { &Json::Null } else { value }
}

/// A bare string for a complex attribute is its `value`.
pub(crate) fn wrapped(registry: &Registry, attribute: AttributeId, text: &str) -> Result<Value> {
    let text = Json::String(text.into());
    match registry.find_sub_attribute(attribute, "value") {
        Some(id) => {
            let value = Slot::One(one(registry, id, &text, &Policy::default())?);
            Ok(Value::Complex(Fields::from_iter([(id, value)])))
        }
        None => Err(mistyped(registry, attribute, "an object", &text)),
    }
}

/// One value, whether or not the attribute is multi-valued.
pub(crate) fn one(registry: &Registry, id: AttributeId, value: &Json, policy: &Policy) -> Result<Value> {
    let attribute = registry.attribute(id);
    match (attribute.attribute_type, value) {
        (
            AttributeType::String | AttributeType::DateTime | AttributeType::Binary | AttributeType::Reference,
            Json::String(text),
        ) => {
            format::check(registry, id, text, policy.allows(Tolerance::AnyFormat))?;
            Ok(Value::String(text.as_str().into()))
        }
        (AttributeType::Boolean, Json::Bool(value)) => Ok(Value::Boolean(*value)),
        (AttributeType::Boolean, Json::String(text)) if policy.allows(Tolerance::BooleanStrings) => {
            if text.eq_ignore_ascii_case("true") {
                Ok(Value::Boolean(true))
            } else if text.eq_ignore_ascii_case("false") {
                Ok(Value::Boolean(false))
            } else {
                Err(mistyped(registry, id, "true or false", value))
            }
        }
        // No fraction and no exponent (RFC 7643 section 2.3.4), so 1.0 is not an integer.
        (AttributeType::Integer, Json::Number(number)) => {
            number.as_i64().map(Value::Integer).ok_or_else(|| mistyped(registry, id, "an integer", value))
        }
        (AttributeType::Decimal, Json::Number(number)) => match number.as_f64() {
            Some(number) if number.is_finite() => Ok(Value::Decimal(number)),
            _ => Err(mistyped(registry, id, "a finite number", value)),
        },
        (AttributeType::Complex, Json::Object(members)) => complex(registry, id, members, policy).map(Value::Complex),
        (expected, _) => Err(mistyped(registry, id, expectation(expected), value)),
    }
}

fn complex(registry: &Registry, parent: AttributeId, members: &Map<String, Json>, policy: &Policy) -> Result<Fields> {
    let mut fields = Fields::new();
    for (name, value) in members {
        match registry.find_sub_attribute(parent, name) {
            Some(id) if registry.attribute(id).mutability == Mutability::ReadOnly => {}
            Some(id) => fields.set(id, slot(registry, id, value, policy)?),
            None if policy.unknown == UnknownPolicy::Ignore => {}
            None => {
                let detail = format!("{} has no sub-attribute {name:?}; leave it out", registry.short_name(parent));
                return Err(Error::new(ErrorKind::InvalidSyntax, detail));
            }
        }
    }
    Ok(fields)
}

const fn expectation(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::String => "a string",
        AttributeType::Boolean => "true or false",
        AttributeType::Decimal => "a number",
        AttributeType::Integer => "an integer",
        AttributeType::DateTime => "a date and time as a string",
        AttributeType::Binary => "base64 as a string",
        AttributeType::Reference => "a URI as a string",
        AttributeType::Complex => "an object",
    }
}

fn mistyped(registry: &Registry, id: AttributeId, expected: &str, value: &Json) -> Error {
    let secret = registry.attribute(id).returned == Returned::Never;
    let got = match value {
        Json::Bool(_) | Json::Number(_) if !secret => value.to_string(),
        Json::String(text) if !secret && text.len() <= 80 => format!("the string {text:?}"),
        _ => json_kind(value).into(),
    };
    invalid_value(format!("{}: expected {expected}, got {got}", registry.short_name(id)))
}

fn object<'j>(value: &'j Json, what: &str) -> Result<&'j Map<String, Json>> {
    value.as_object().ok_or_else(|| {
        Error::new(ErrorKind::InvalidSyntax, format!("{what} must be a JSON object, not {}", json_kind(value)))
    })
}

fn invalid_value(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidValue, detail)
}
