//! Reading a PATCH body (RFC 7644 section 3.5.2).

use serde_json::{Map, Value as Json};

use super::path::{self, AttributeTarget, PatchTarget};
use super::{Operation, Patch, Step, Verb};
use crate::error::json_kind;
use crate::message::PATCH_OP;
use crate::resource::read::{self, Member, Policy, UnknownPolicy};
use crate::resource::{Slot, Value};
use crate::schema::{AttributeType, Registry, ResourceTypeId, SchemaId, common};
use crate::tolerance::Tolerance;
use crate::{Error, ErrorKind, Result};

/// How many operations one message may hold.
pub const OPERATION_LIMIT: usize = 10_000;

fn syntax(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidSyntax, detail)
}

fn invalid_value(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidValue, detail)
}

/// A member of the message; its names follow the rule for attribute names (RFC 7643 section 2.1) and ignore case. Null
/// counts as absent.
fn member<'j>(object: &'j Map<String, Json>, name: &str) -> Option<&'j Json> {
    let found = object.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

fn refuse_other_members(object: &Map<String, Json>, known: &[&str], policy: &Policy) -> Result<()> {
    let is_known = |name: &str| known.iter().any(|other| other.eq_ignore_ascii_case(name));
    match object.keys().find(|name| !is_known(name)) {
        Some(name) if policy.unknown == UnknownPolicy::Refuse => {
            Err(syntax(format!("{name:?} is not part of a PATCH message, which has {}", known.join(", "))))
        }
        _ => Ok(()),
    }
}

pub(super) fn read(registry: &Registry, resource_type: ResourceTypeId, body: &Json, policy: &Policy) -> Result<Patch> {
    let Json::Object(message) = body else {
        return Err(syntax(format!("the body of a PATCH must be a JSON object, not {}", json_kind(body))));
    };
    refuse_other_members(message, &["schemas", "Operations"], policy)?;
    let names_patch = member(message, "schemas")
        .and_then(Json::as_array)
        .is_some_and(|uris| uris.iter().any(|uri| uri.as_str() == Some(PATCH_OP)));
    if !names_patch {
        return Err(syntax(format!("schemas must be an array that lists {PATCH_OP:?}")));
    }
    let operations = match member(message, "Operations") {
        Some(Json::Array(operations)) => operations,
        Some(other) => return Err(syntax(format!("Operations must be an array, not {}", json_kind(other)))),
        None => return Err(syntax("Operations is missing; it is an array of operations")),
    };
    if operations.is_empty() && !policy.allows(Tolerance::EmptyOperations) {
        return Err(syntax("Operations is empty; send at least one operation"));
    }
    if operations.len() > OPERATION_LIMIT {
        let detail =
            format!("{} operations are more than the {OPERATION_LIMIT} of one PATCH; send several", operations.len());
        return Err(Error::new(ErrorKind::PayloadTooLarge, detail));
    }
    let reader = Reader { registry, resource_type, policy };
    let operations = operations
        .iter()
        .enumerate()
        .map(|(index, operation)| {
            reader.operation(operation).map_err(|error| error.context(format_args!("Operations[{index}]")))
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Patch { operations })
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    registry: &'a Registry,
    resource_type: ResourceTypeId,
    policy: &'a Policy,
}

impl Reader<'_> {
    fn operation(self, operation: &Json) -> Result<Operation> {
        let Json::Object(operation) = operation else {
            return Err(syntax(format!("an operation must be a JSON object, not {}", json_kind(operation))));
        };
        refuse_other_members(operation, &["op", "path", "value"], self.policy)?;
        let name = match member(operation, "op") {
            Some(Json::String(name)) => name,
            Some(other) => return Err(syntax(format!("op must be a string, not {}", json_kind(other)))),
            None => return Err(syntax("op is missing; it is add, remove or replace")),
        };
        let target = match member(operation, "path") {
            None => None,
            Some(Json::String(path)) => Some(path::parse(self.registry, self.resource_type, path, self.policy)?),
            Some(other) => {
                let detail = format!("path must be a string, not {}", json_kind(other));
                return Err(Error::new(ErrorKind::InvalidPath, detail));
            }
        };
        // Only JSON names ignore case, values do not; so "Replace" needs the tolerance.
        let folded =
            if self.policy.allows(Tolerance::OperationCase) { name.to_ascii_lowercase() } else { name.clone() };
        let verb = match folded.as_str() {
            "add" => Verb::Add,
            "replace" => Verb::Replace,
            "remove" => return self.remove(target, member(operation, "value")),
            _ => {
                return Err(invalid_value(format!("op is {name:?}; it must be add, remove or replace, in lower case")));
            }
        };
        // An explicit null is a value: it unassigns (RFC 7643 section 2.5).
        let value = operation.iter().find(|(name, _)| name.eq_ignore_ascii_case("value")).map(|(_, value)| value);
        let Some(value) = value else {
            return Err(invalid_value(format!("{folded} needs a value")));
        };
        self.set(verb, target, value)
    }

    fn set(self, verb: Verb, target: Option<PatchTarget>, value: &Json) -> Result<Operation> {
        let mut steps = Vec::new();
        match target {
            Some(PatchTarget::Attribute(place)) if place.attribute == common::SCHEMAS => {
                self.schemas(verb, Some(&place), value)?;
            }
            Some(PatchTarget::Attribute(place)) => {
                place.check_writable(self.registry)?;
                steps.push(self.step(verb, place, value)?);
            }
            Some(PatchTarget::Extension(schema)) => self.extension(verb, schema, value, &mut steps)?,
            None => {
                let Json::Object(attributes) = value else {
                    let detail =
                        format!("without path, value must be an object of attributes, not {}", json_kind(value));
                    return Err(invalid_value(detail));
                };
                if attributes.is_empty() && verb == Verb::Replace {
                    return Err(invalid_value("without path, value must name at least one attribute"));
                }
                for (name, value) in attributes {
                    match read::member(self.registry, self.resource_type, name, self.policy) {
                        Member::Attribute(common::SCHEMAS) => self.schemas(verb, None, value)?,
                        Member::Attribute(id) => self.attribute(verb, AttributeTarget::whole(id), value, &mut steps)?,
                        Member::Extension(schema) => self.extension(verb, schema, value, &mut steps)?,
                        Member::Unknown => self.unknown(verb, name, value, &mut steps)?,
                    }
                }
            }
        }
        Ok(Operation { steps })
    }

    /// The object of an extension. Null takes the whole extension away.
    fn extension(self, verb: Verb, schema: SchemaId, value: &Json, steps: &mut Vec<Step>) -> Result<()> {
        let uri = &self.registry.schema(schema).document.id;
        match value {
            Json::Null if verb == Verb::Replace => steps.push(Step::RemoveExtension(schema)),
            Json::Null => {}
            Json::Object(attributes) => {
                for (name, value) in attributes {
                    match self.registry.find_in_schema(schema, name) {
                        Some(id) => self.attribute(verb, AttributeTarget::whole(id), value, steps)?,
                        None => self.unknown(verb, &format!("{uri}:{name}"), value, steps)?,
                    }
                }
            }
            _ => {
                return Err(invalid_value(format!(
                    "{uri}: expected an object of attributes, got {}",
                    json_kind(value)
                )));
            }
        }
        Ok(())
    }

    /// An attribute named inside a value.
    fn attribute(self, verb: Verb, place: AttributeTarget, value: &Json, steps: &mut Vec<Step>) -> Result<()> {
        match place.check_writable(self.registry) {
            Ok(()) => steps.push(self.step(verb, place, value)?),
            Err(_) if self.policy.allows(Tolerance::IgnoreReadOnlyInPatch) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn unknown(self, verb: Verb, name: &str, value: &Json, steps: &mut Vec<Step>) -> Result<()> {
        if self.policy.allows(Tolerance::DottedKeys)
            && let Ok(PatchTarget::Attribute(place)) = path::parse(self.registry, self.resource_type, name, self.policy)
            && place.attribute != common::SCHEMAS
        {
            return self.attribute(verb, place, value, steps);
        }
        if self.policy.unknown == UnknownPolicy::Ignore {
            return Ok(());
        }
        let type_name = &self.registry.resource_type(self.resource_type).document.name;
        let detail = format!("value: resource type {type_name} has no attribute {name:?}");
        Err(Error::new(ErrorKind::InvalidPath, detail))
    }

    fn step(self, verb: Verb, place: AttributeTarget, value: &Json) -> Result<Step> {
        let content = self.content(verb, &place, value)?;
        Ok(Step::Set { verb, place, content })
    }

    fn content(self, verb: Verb, place: &AttributeTarget, value: &Json) -> Result<Slot> {
        let (registry, policy) = (self.registry, self.policy);
        if let Some(sub) = place.sub_attribute {
            return read::slot(registry, sub, value, policy);
        }
        let attribute = registry.attribute(place.attribute);
        if place.selection.is_some() {
            return if value.is_null() {
                Ok(Slot::Null)
            } else {
                read::one(registry, place.attribute, value, policy).map(Slot::One)
            };
        }
        // "A new value is added": add takes a value as well as a list of them, except a string for a complex value.
        let is_one_value = match value {
            Json::Array(_) | Json::Null => false,
            Json::Object(_) => true,
            _ => attribute.attribute_type != AttributeType::Complex,
        };
        if attribute.multi_valued && verb == Verb::Add && is_one_value {
            let value = read::element(registry, place.attribute, value, policy)?;
            return Ok(if value.is_unassigned() { Slot::Null } else { Slot::Many(vec![value]) });
        }
        read::slot(registry, place.attribute, value, policy)
    }

    /// `schemas` follows from the attributes that have a value, so a change of it is checked and has no effect of its own:
    /// the URN of an extension comes with its first attribute and goes with its last.
    fn schemas(self, verb: Verb, place: Option<&AttributeTarget>, value: &Json) -> Result<()> {
        if place.is_some_and(|place| place.selection.is_some()) {
            let detail = "schemas follows from the attributes that have a value; change those instead";
            return Err(Error::new(ErrorKind::Mutability, detail));
        }
        let wrapped;
        let value = match value {
            Json::String(_) if verb == Verb::Add => {
                wrapped = Json::Array(vec![value.clone()]);
                &wrapped
            }
            _ => value,
        };
        read::check_schemas(self.registry, self.resource_type, value, verb == Verb::Replace, self.policy)
    }

    fn remove(self, target: Option<PatchTarget>, value: Option<&Json>) -> Result<Operation> {
        let step = match target {
            None => return Err(Error::new(ErrorKind::NoTarget, "remove needs a path (RFC 7644 section 3.5.2.2)")),
            Some(PatchTarget::Extension(schema)) => Step::RemoveExtension(schema),
            Some(PatchTarget::Attribute(place)) if place.attribute == common::SCHEMAS => {
                let detail =
                    "schemas is required and follows from the attributes that have a value; remove those instead";
                return Err(Error::new(ErrorKind::Mutability, detail));
            }
            Some(PatchTarget::Attribute(place)) => {
                place.check_writable(self.registry)?;
                let listed = match value {
                    Some(value) if place.sub_attribute.is_none() => self.listed(&place, value)?,
                    _ => None,
                };
                Step::Remove { place, listed }
            }
        };
        Ok(Operation { steps: vec![step] })
    }

    /// A value is not defined for remove. For an attribute with one value it changes nothing; for a list the literal reading
    /// would take out everything where the client wants a few, so it is refused unless the tolerance gives it that meaning.
    fn listed(self, place: &AttributeTarget, value: &Json) -> Result<Option<Vec<Value>>> {
        let attribute = self.registry.attribute(place.attribute);
        if !attribute.multi_valued {
            return Ok(None);
        }
        if !self.policy.allows(Tolerance::RemoveWithValue) {
            return Err(syntax(format!(
                "remove takes no value; say which values of {name} to remove in the path, as in {name}[value eq \"…\"]",
                name = attribute.name
            )));
        }
        let items = match value {
            Json::Array(items) => items.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let listed = items
            .iter()
            .map(|item| match item {
                Json::String(text) if attribute.attribute_type == AttributeType::Complex => {
                    read::wrapped(self.registry, place.attribute, text)
                }
                _ => read::element(self.registry, place.attribute, item, self.policy),
            })
            .collect::<Result<Vec<_>>>()?;
        if listed.iter().any(Value::is_unassigned) {
            return Err(invalid_value(format!("{}: the value lists an object that says nothing", attribute.name)));
        }
        Ok(Some(listed))
    }
}
