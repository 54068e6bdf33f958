//! What PATCH and PUT need to know of single values: when two are the same, how one is merged into another, and what of an
//! old value survives in a new one.

use std::collections::HashMap;

use crate::resource::validate::{self, identity};
use crate::resource::{Fields, Slot, Value};
use crate::schema::{AttributeId, Mutability, Registry, comparison_key};
use crate::{Error, ErrorKind, Result};

/// Whether adding `new` changes nothing because `old` is there (RFC 7644 section 3.5.2.1): all sub-attributes are equal, or
/// the identity is.
pub(super) fn is_same(registry: &Registry, attribute: AttributeId, old: &Value, new: &Value) -> bool {
    if let (Some(identity), Value::Complex(old), Value::Complex(new)) = (identity(registry, attribute), old, new)
        && let (Some(old), Some(new)) = (old.string(identity), new.string(identity))
    {
        return comparison_key(registry, identity, old) == comparison_key(registry, identity, new);
    }
    is_equal(registry, attribute, old, new)
}

/// A text that two values share exactly when [`is_same`] says so, for lists too long to compare each with each.
pub(super) fn fingerprint(registry: &Registry, attribute: AttributeId, value: &Value) -> String {
    if let (Some(identity), Value::Complex(subs)) = (identity(registry, attribute), value)
        && let Some(key) = subs.string(identity)
    {
        return comparison_key(registry, identity, key).into_owned();
    }
    let mut text = String::new();
    write_fingerprint(registry, attribute, value, &mut text);
    text
}

fn write_fingerprint(registry: &Registry, attribute: AttributeId, value: &Value, text: &mut String) {
    match value {
        // The length keeps neighbours apart.
        Value::String(value) => {
            let key = comparison_key(registry, attribute, value);
            text.push_str(&key.len().to_string());
            text.push(':');
            text.push_str(&key);
        }
        Value::Boolean(value) => text.push_str(if *value { "t" } else { "f" }),
        Value::Integer(value) => text.push_str(&value.to_string()),
        Value::Decimal(value) => text.push_str(&value.to_bits().to_string()),
        Value::Complex(subs) => {
            for (id, slot) in subs.iter().filter(|(_, slot)| !slot.is_unassigned()) {
                for value in slot.values() {
                    text.push(';');
                    text.push_str(&id.0.to_string());
                    text.push('=');
                    write_fingerprint(registry, id, value, text);
                }
            }
        }
    }
}

/// Equality as the attributes' case rules have it; unassigned sub-attributes do not count.
pub(super) fn is_equal(registry: &Registry, attribute: AttributeId, a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => {
            a == b || comparison_key(registry, attribute, a) == comparison_key(registry, attribute, b)
        }
        (Value::Complex(a), Value::Complex(b)) => {
            let assigned = |fields: &Fields| fields.iter().filter(|(_, slot)| !slot.is_unassigned()).count();
            assigned(a) == assigned(b)
                && a.iter().filter(|(_, slot)| !slot.is_unassigned()).all(|(id, slot)| {
                    let (a, b) = (slot.values(), b.values(id));
                    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(registry, id, a, b))
                })
        }
        _ => a == b,
    }
}

/// Whether `value` is what `listed` means when it is to be removed: the same `value`, and the same `type` if that is listed;
/// without `value`, everything that is listed.
pub(super) fn is_listed(registry: &Registry, attribute: AttributeId, value: &Value, listed: &Value) -> bool {
    let (Value::Complex(subs), Value::Complex(wanted)) = (value, listed) else {
        return is_equal(registry, attribute, value, listed);
    };
    let has = |id: AttributeId| {
        let (have, want) = (subs.values(id), wanted.values(id));
        have.len() == want.len() && have.iter().zip(want).all(|(a, b)| is_equal(registry, id, a, b))
    };
    let find = |name| registry.find_sub_attribute(attribute, name).filter(|&id| !wanted.values(id).is_empty());
    match find("value") {
        Some(value) => has(value) && (identity(registry, attribute).is_some() || find("type").is_none_or(has)),
        None => wanted.iter().all(|(id, _)| has(id)),
    }
}

/// Puts the sub-attributes of `new` into `old`; null unassigns, the others stay.
pub(super) fn merge(old: &mut Fields, new: &Fields) {
    for (id, slot) in new.iter() {
        if slot.is_unassigned() {
            old.remove(id);
        } else {
            old.set(id, slot.clone());
        }
    }
}

/// Refuses a change from `old` to `new`, one and the same value, that touches an immutable sub-attribute with a value.
pub(super) fn check_sub_attributes(
    registry: &Registry,
    attribute: AttributeId,
    old: &Fields,
    new: &Fields,
) -> Result<()> {
    for &id in &registry.definition(attribute).sub_attributes {
        if registry.attribute(id).mutability != Mutability::Immutable {
            continue;
        }
        let (old, new) = (old.values(id), new.values(id));
        let is_unchanged = old.len() == new.len() && old.iter().zip(new).all(|(a, b)| is_equal(registry, id, a, b));
        if !old.is_empty() && !is_unchanged {
            return Err(validate::changed(registry, id));
        }
    }
    Ok(())
}

/// Keeps in `new` what a client cannot or need not repeat of `old`: readOnly, writeOnly and immutable sub-attributes.
pub(super) fn carry_over(registry: &Registry, attribute: AttributeId, old: &Fields, new: &mut Fields) {
    for &id in &registry.definition(attribute).sub_attributes {
        if registry.attribute(id).mutability != Mutability::ReadWrite
            && new.slot(id).is_none()
            && let Some(slot) = old.slot(id)
        {
            new.set(id, slot.clone());
        }
    }
}

/// As [`carry_over`] for all values of an attribute, where old and new are the same thing if their `value` is, or if there is
/// no such sub-attribute and only one value.
pub(super) fn carry_over_all(registry: &Registry, attribute: AttributeId, old: &[Value], new: &mut [Value]) {
    let subs = &registry.definition(attribute).sub_attributes;
    if subs.iter().all(|&id| registry.attribute(id).mutability == Mutability::ReadWrite) {
        return;
    }
    let identity = registry.find_sub_attribute(attribute, "value");
    let is_single = !registry.attribute(attribute).multi_valued;
    // Of a singular attribute without `value`, old and new have the same key: none.
    let key = |value: &Value| match (identity, value) {
        (Some(id), Value::Complex(subs)) => subs.string(id).map(|text| comparison_key(registry, id, text).into_owned()),
        (None, Value::Complex(_)) if is_single => Some(String::new()),
        _ => None,
    };
    let mut old_by_key: HashMap<String, &Fields> = HashMap::with_capacity(old.len());
    for value in old {
        if let (Some(key), Value::Complex(subs)) = (key(value), value) {
            old_by_key.entry(key).or_insert(subs);
        }
    }
    for value in new {
        if let Some(old) = key(value).and_then(|key| old_by_key.get(&key).copied())
            && let Value::Complex(new) = value
        {
            carry_over(registry, attribute, old, new);
        }
    }
}

/// Takes a sub-attribute or attribute with a value away.
pub(super) fn check_removable(registry: &Registry, id: AttributeId) -> Result<()> {
    let attribute = registry.attribute(id);
    let reason = if attribute.required {
        "required and cannot be removed"
    } else if attribute.mutability == Mutability::Immutable {
        "immutable and has a value, which cannot be removed"
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Mutability, format!("{} is {reason}", registry.short_name(id))))
}

/// Refuses to set a required attribute to null (RFC 7643 section 2.5: null is not a value).
pub(super) fn check_nullable(registry: &Registry, id: AttributeId, content: &Slot) -> Result<()> {
    if registry.attribute(id).required && content.is_unassigned() {
        let detail = format!("{} is required and cannot be set to null", registry.short_name(id));
        return Err(Error::new(ErrorKind::InvalidValue, detail));
    }
    Ok(())
}
