//! The table-driven pass over a whole resource before it is stored. It needs no more than the schemas; uniqueness and
//! membership are the store's business.

use std::collections::HashMap;

use super::{Fields, Item, Record, Slot, Value};
use crate::date_time;
use crate::schema::{AttributeId, AttributeType, Mutability, Registry, ResourceTypeId, comparison_key};
use crate::tolerance::{Tolerance, Tolerances};
use crate::{Error, ErrorKind, Result};

/// Brings a resource into the form in which it is stored, and checks what concerns the whole of it. To be called after a
/// create has been read, and after PUT or PATCH have changed a draft.
///
/// Nulls and values that say nothing are dropped, so that what is left is set. Values of a multi-valued attribute that have
/// the same `type` and `value` are merged, the later one's sub-attributes counting (RFC 7643 section 2.4 wants each pair
/// returned once); of values with an immutable `value`, such as members, the first counts. Canonical values are suggestions and are not enforced (RFC 7643 section 7).
///
/// # Errors
/// `invalidValue`: a required attribute or sub-attribute without value (an empty string is none), a required extension
/// without data, or two primary values unless the last one is to win.
pub fn check(
    registry: &Registry,
    resource_type: ResourceTypeId,
    fields: &mut Fields,
    tolerances: &Tolerances,
) -> Result<()> {
    fields.retain(|id, slot| {
        normalise(registry, id, slot, tolerances);
        !slot.is_unassigned()
    });
    for (id, slot) in fields.iter() {
        at_most_one_primary(registry, id, slot.values())?;
        for value in slot.values() {
            if let Value::Complex(subs) = value {
                required(registry, &registry.definition(id).sub_attributes, subs)?;
            }
        }
    }
    let kind = registry.resource_type(resource_type);
    required(registry, &registry.schema(kind.schema).attributes, fields)?;
    for &(extension, must) in &kind.extensions {
        let attributes = &registry.schema(extension).attributes;
        if attributes.iter().any(|&id| fields.slot(id).is_some()) {
            required(registry, attributes, fields)?;
        } else if must {
            return Err(invalid_value(format!(
                "the extension {} is required for resource type {}",
                registry.schema(extension).document.id,
                kind.document.name
            )));
        }
    }
    Ok(())
}

fn invalid_value(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidValue, detail)
}

/// What clients may not set is the endpoint's business to fill in.
fn required(registry: &Registry, attributes: &[AttributeId], fields: &Fields) -> Result<()> {
    for &id in attributes {
        let attribute = registry.attribute(id);
        if !attribute.required || attribute.mutability == Mutability::ReadOnly {
            continue;
        }
        let is_empty = |value: &Value| matches!(value, Value::String(text) if text.is_empty());
        let values = fields.values(id);
        if values.is_empty() || values.iter().all(is_empty) {
            return Err(invalid_value(format!("{} is required and has no value", registry.short_name(id))));
        }
    }
    Ok(())
}

fn normalise(registry: &Registry, id: AttributeId, slot: &mut Slot, tolerances: &Tolerances) {
    match slot {
        Slot::One(Value::Complex(subs)) => subs.retain(|_, slot| !slot.is_unassigned()),
        Slot::Null | Slot::One(_) => {}
        Slot::Many(values) => {
            for value in values.iter_mut() {
                if let Value::Complex(subs) = value {
                    subs.retain(|_, slot| !slot.is_unassigned());
                }
            }
            values.retain(|value| !value.is_unassigned());
            merge_duplicates(registry, id, values);
            if tolerances.allows(Tolerance::LastPrimaryWins)
                && let Some(primary) = primary(registry, id)
                && let Some(last) = values.iter().rposition(|value| is_primary(value, primary))
            {
                reset_primary(&mut values[..last], primary);
            }
        }
    }
}

/// The `primary` sub-attribute of a multi-valued complex attribute (RFC 7643 section 2.4).
pub(crate) fn primary(registry: &Registry, id: AttributeId) -> Option<AttributeId> {
    registry
        .find_sub_attribute(id, "primary")
        .filter(|&sub| registry.attribute(sub).attribute_type == AttributeType::Boolean)
        .filter(|_| registry.attribute(id).multi_valued)
}

pub(crate) fn is_primary(value: &Value, primary: AttributeId) -> bool {
    matches!(value, Value::Complex(subs) if subs.values(primary) == [Value::Boolean(true)])
}

/// Sets `primary` to false where it is true.
pub(crate) fn reset_primary<'v>(values: impl IntoIterator<Item = &'v mut Value>, primary: AttributeId) {
    for value in values {
        if is_primary(value, primary)
            && let Value::Complex(subs) = value
        {
            subs.set(primary, Slot::One(Value::Boolean(false)));
        }
    }
}

fn at_most_one_primary(registry: &Registry, id: AttributeId, values: &[Value]) -> Result<()> {
    let Some(primary) = primary(registry, id) else { return Ok(()) };
    if values.iter().filter(|value| is_primary(value, primary)).count() > 1 {
        let name = registry.short_name(id);
        return Err(invalid_value(format!("{name}: more than one value is primary; set primary to true once at most")));
    }
    Ok(())
}

/// Values with an equal key become one, in the place of the first.
fn merge_duplicates(registry: &Registry, id: AttributeId, values: &mut Vec<Value>) {
    if values.len() < 2 {
        return;
    }
    let mut first: HashMap<Key, usize> = HashMap::with_capacity(values.len());
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    for value in values.drain(..) {
        let Some(key) = key(registry, id, &value) else {
            kept.push(value);
            continue;
        };
        match (first.get(&key), value) {
            (Some(&at), Value::Complex(subs)) if identity(registry, id).is_none() => {
                if let Value::Complex(earlier) = &mut kept[at] {
                    for (sub, slot) in subs.iter() {
                        earlier.set(sub, slot.clone());
                    }
                }
            }
            (Some(_), _) => {}
            (None, value) => {
                first.insert(key, kept.len());
                kept.push(value);
            }
        }
    }
    *values = kept;
}

/// The sub-attribute by which the values of a multi-valued attribute are known: an immutable `value`, as that of
/// `Group.members`. Such a value cannot change, only come and go.
pub(crate) fn identity(registry: &Registry, attribute: AttributeId) -> Option<AttributeId> {
    let value =
        registry.find_sub_attribute(attribute, "value").filter(|_| registry.attribute(attribute).multi_valued)?;
    (registry.attribute(value).mutability == Mutability::Immutable).then_some(value)
}

/// What makes two values of a multi-valued attribute the same: type and value, or the identity alone, compared as their
/// attributes say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    kind: Option<String>,
    value: String,
}

pub(crate) fn key(registry: &Registry, id: AttributeId, value: &Value) -> Option<Key> {
    let comparable = |id: AttributeId, text: &str| comparison_key(registry, id, text).into_owned();
    match value {
        Value::String(text) => Some(Key { kind: None, value: comparable(id, text) }),
        Value::Boolean(value) => Some(Key { kind: None, value: value.to_string() }),
        Value::Integer(value) => Some(Key { kind: None, value: value.to_string() }),
        Value::Decimal(value) => Some(Key { kind: None, value: value.to_string() }),
        Value::Complex(subs) => {
            let sub = |name| {
                let sub = registry.find_sub_attribute(id, name)?;
                subs.string(sub).map(|text| comparable(sub, text))
            };
            let kind = if identity(registry, id).is_some() { None } else { sub("type") };
            Some(Key { kind, value: sub("value")? })
        }
    }
}

/// After PUT or PATCH: immutable attributes and sub-attributes that had a value must still have it. Values of a multi-valued
/// attribute are the same when their `value` is; taking one out or putting one in is not a change of a sub-attribute.
///
/// Attributes that are absent from `after` because a relation holds them are not looked at.
///
/// # Errors
/// `mutability` naming the attribute.
pub fn check_immutable<'a, R: Record<'a>>(
    registry: &Registry,
    resource_type: ResourceTypeId,
    before: R,
    after: &Fields,
) -> Result<()> {
    for schema in registry.schemas_of(resource_type) {
        for &id in &registry.schema(schema).attributes {
            let is_immutable = registry.attribute(id).mutability == Mutability::Immutable;
            let immutable_subs = immutable_subs(registry, id);
            if !is_immutable && (immutable_subs.is_empty() || after.slot(id).is_none()) {
                continue;
            }
            let Some(items) = before.get(id) else { continue };
            let same = if is_immutable {
                same_items(items, after.values(id))
            } else {
                subs_unchanged(registry, id, &immutable_subs, items, after.values(id))
            };
            if !same {
                return Err(changed(registry, id));
            }
        }
    }
    Ok(())
}

/// As [`check_immutable`] for the values of one attribute.
pub(crate) fn check_immutable_values(
    registry: &Registry,
    id: AttributeId,
    before: &[Value],
    after: &[Value],
) -> Result<()> {
    let before = Fields::from_iter([(id, Slot::Many(before.to_vec()))]);
    let immutable_subs = immutable_subs(registry, id);
    if let Some(items) = (&before).get(id)
        && !immutable_subs.is_empty()
        && !subs_unchanged(registry, id, &immutable_subs, items, after)
    {
        return Err(changed(registry, id));
    }
    Ok(())
}

fn immutable_subs(registry: &Registry, id: AttributeId) -> Vec<AttributeId> {
    let subs = registry.definition(id).sub_attributes.iter().copied();
    subs.filter(|&sub| registry.attribute(sub).mutability == Mutability::Immutable).collect()
}

/// The refusal of a change to an immutable attribute.
pub(crate) fn changed(registry: &Registry, id: AttributeId) -> Error {
    let what =
        if registry.attribute(id).mutability == Mutability::Immutable { "is" } else { "has sub-attributes that are" };
    Error::new(
        ErrorKind::Mutability,
        format!("{} {what} immutable: a value that is set cannot be changed", registry.short_name(id)),
    )
}

fn subs_unchanged<'a, R: Record<'a>>(
    registry: &Registry,
    id: AttributeId,
    immutable_subs: &[AttributeId],
    before: impl Iterator<Item = Item<'a, R>>,
    after: &[Value],
) -> bool {
    let several = registry.attribute(id).multi_valued;
    let identity = registry.find_sub_attribute(id, "value").filter(|_| several);
    let mut by_identity: HashMap<&str, &Fields> = HashMap::new();
    if let Some(identity) = identity {
        for value in after {
            if let Value::Complex(subs) = value
                && let Some(text) = subs.string(identity)
            {
                by_identity.insert(text, subs);
            }
        }
    }
    for item in before {
        let Item::Complex(earlier) = item else { continue };
        let later = match identity {
            // Nothing says which of several is which: each may have gone, and another come.
            None => match after {
                [Value::Complex(subs)] if !several => Some(subs),
                _ => None,
            },
            Some(identity) => earlier
                .get(identity)
                .and_then(|mut items| items.next()?.text())
                .and_then(|text| by_identity.get(&*text).copied()),
        };
        let Some(later) = later else { continue };
        let same =
            immutable_subs.iter().all(|&sub| earlier.get(sub).is_none_or(|items| same_items(items, later.values(sub))));
        if !same {
            return false;
        }
    }
    true
}

fn same_items<'a, R: Record<'a>>(items: impl Iterator<Item = Item<'a, R>>, values: &[Value]) -> bool {
    let mut values = values.iter().filter(|value| !value.is_unassigned());
    for item in items {
        let Some(value) = values.next() else { return false };
        if !same(item, value) {
            return false;
        }
    }
    values.next().is_none()
}

fn same<'a, R: Record<'a>>(item: Item<'a, R>, value: &Value) -> bool {
    match (item, value) {
        (Item::String(a), Value::String(b)) => a == &**b,
        (Item::ComposedText(a), Value::String(b)) => a.text() == **b,
        (Item::Timestamp(a), Value::String(b)) => date_time::parse(b) == Some(date_time::as_written(a)),
        (Item::Boolean(a), Value::Boolean(b)) => a == *b,
        (Item::Integer(a), Value::Integer(b)) => a == *b,
        // Bit for bit: both were read from the same digits, or they differ.
        (Item::Decimal(a), Value::Decimal(b)) => a.to_bits() == b.to_bits(),
        (Item::Complex(a), Value::Complex(b)) => {
            let mut assigned = b.iter().filter(|(_, slot)| !slot.is_unassigned());
            for (id, items) in a.fields() {
                match assigned.next() {
                    Some((other, slot)) if other == id && same_items(items, slot.values()) => {}
                    _ => return false,
                }
            }
            assigned.next().is_none()
        }
        _ => false,
    }
}
