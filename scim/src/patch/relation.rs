//! Applying one step to a relation: by key wherever the path or the value gives one, so that the work is in proportion to
//! the change. Only a filter that is not a test of the key, and a replacement of everything, look at every value.

use std::collections::HashSet;

use super::apply::{is_selected, no_target, set_sub_attribute};
use super::path::{AttributeTarget, Selection};
use super::value::{carry_over, check_nullable, check_removable, check_sub_attributes, is_equal, is_listed, merge};
use super::{Relation, Verb};
use crate::resource::read::Policy;
use crate::resource::validate::changed;
use crate::resource::{Fields, Slot, Value};
use crate::schema::{AttributeId, Registry};
use crate::tolerance::Tolerance;
use crate::{Error, ErrorKind, Result};

pub(super) fn set(
    registry: &Registry,
    verb: Verb,
    place: &AttributeTarget,
    content: &Slot,
    policy: &Policy,
    relation: &mut dyn Relation,
) -> Result<()> {
    let id = place.attribute;
    let Some(selection) = &place.selection else {
        return match (place.sub_attribute, verb) {
            (Some(sub), _) => {
                let keys = keys(registry, id, relation, |_| true);
                if keys.is_empty() && !content.is_unassigned() {
                    let mut value = Fields::new();
                    set_sub_attribute(registry, verb, &mut value, sub, content)?;
                    return relation.insert(&value).map(drop);
                }
                change(registry, verb, place, content, relation, &keys)
            }
            (None, Verb::Add) => insert_all(relation, content.values()),
            (None, Verb::Replace) => replace(registry, id, content.values(), relation),
        };
    };
    let keys = selected(registry, id, selection, relation);
    if !keys.is_empty() {
        return change(registry, verb, place, content, relation, &keys);
    }
    let template = selection.template.as_ref().filter(|_| policy.allows(Tolerance::CreateFromFilter));
    let Some(template) = template else {
        return Err(no_target(registry, id, selection));
    };
    let mut value = template.clone();
    match (place.sub_attribute, content) {
        (_, Slot::Null) => return Ok(()),
        (Some(sub), content) => set_sub_attribute(registry, verb, &mut value, sub, content)?,
        (None, Slot::One(Value::Complex(given))) => merge(&mut value, given),
        (None, _) => {}
    }
    relation.insert(&value).map(drop)
}

pub(super) fn remove(
    registry: &Registry,
    place: &AttributeTarget,
    listed: Option<&[Value]>,
    relation: &mut dyn Relation,
) -> Result<()> {
    let id = place.attribute;
    if let Some(sub) = place.sub_attribute {
        // What a value of a relation consists of cannot change.
        let mut has = false;
        relation.for_each(&mut |value| {
            let is_target = place.selection.as_ref().is_none_or(|selection| is_match(id, selection, value));
            has |= is_target && !value.values(sub).is_empty();
        });
        return if has { check_removable(registry, sub).and(Err(changed(registry, sub))) } else { Ok(()) };
    }
    let removed = match (&place.selection, listed) {
        (None, None) => {
            check_removable(registry, id)?;
            relation.clear()
        }
        (None, Some(listed)) => {
            let mut removed = false;
            for value in listed {
                match key(registry, id, value) {
                    Some(key) => removed |= relation.remove(&key),
                    None => {
                        for key in keys(registry, id, relation, |subs| {
                            is_listed(registry, id, &Value::Complex(subs.clone()), value)
                        }) {
                            removed |= relation.remove(&key);
                        }
                    }
                }
            }
            removed
        }
        (Some(selection), listed) => {
            let mut removed = false;
            for key in selected(registry, id, selection, relation) {
                let is_listed = listed.is_none_or(|listed| {
                    listed.iter().any(|value| self::key(registry, id, value).is_none_or(|other| other == key))
                });
                removed |= is_listed && relation.remove(&key);
            }
            removed
        }
    };
    if removed && registry.attribute(id).required && keys(registry, id, relation, |_| true).is_empty() {
        check_removable(registry, id)?;
    }
    Ok(())
}

/// Makes the relation hold these values; those that are there stay untouched.
pub(super) fn replace(
    registry: &Registry,
    attribute: AttributeId,
    values: &[Value],
    relation: &mut dyn Relation,
) -> Result<()> {
    if values.is_empty() {
        check_nullable(registry, attribute, &Slot::Null)?;
        relation.clear();
        return Ok(());
    }
    let wanted: HashSet<String> = values.iter().filter_map(|value| key(registry, attribute, value)).collect();
    for key in keys(registry, attribute, relation, |_| true) {
        if !wanted.contains(&key) {
            relation.remove(&key);
        }
    }
    insert_all(relation, values)
}

fn insert_all(relation: &mut dyn Relation, values: &[Value]) -> Result<()> {
    for value in values {
        if let Value::Complex(subs) = value {
            relation.insert(subs)?;
        }
    }
    Ok(())
}

/// The key of a value.
fn key(registry: &Registry, attribute: AttributeId, value: &Value) -> Option<String> {
    let Value::Complex(subs) = value else { return None };
    let id = registry.find_sub_attribute(attribute, "value")?;
    subs.string(id).map(str::to_owned)
}

/// The keys of all values that `is_wanted`.
fn keys(
    registry: &Registry,
    attribute: AttributeId,
    relation: &dyn Relation,
    is_wanted: impl Fn(&Fields) -> bool,
) -> Vec<String> {
    let mut keys = Vec::new();
    if let Some(id) = registry.find_sub_attribute(attribute, "value") {
        relation.for_each(&mut |value| {
            if let Some(key) = value.string(id).filter(|_| is_wanted(value)) {
                keys.push(key.to_owned());
            }
        });
    }
    keys
}

fn selected(
    registry: &Registry,
    attribute: AttributeId,
    selection: &Selection,
    relation: &dyn Relation,
) -> Vec<String> {
    match &selection.key {
        Some(key) if relation.contains(key) => vec![key.clone()],
        Some(_) => Vec::new(),
        None => keys(registry, attribute, relation, |value| is_match(attribute, selection, value)),
    }
}

fn is_match(attribute: AttributeId, selection: &Selection, value: &Fields) -> bool {
    is_selected(attribute, selection, &Value::Complex(value.clone()))
}

/// Values of a relation come and go; a change that is none is let through.
fn change(
    registry: &Registry,
    verb: Verb,
    place: &AttributeTarget,
    content: &Slot,
    relation: &mut dyn Relation,
    keys: &[String],
) -> Result<()> {
    let id = place.attribute;
    if place.sub_attribute.is_none() && content.is_unassigned() {
        if verb == Verb::Replace {
            for key in keys {
                relation.remove(key);
            }
        }
        return Ok(());
    }
    let value = registry.find_sub_attribute(id, "value");
    let keys: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let mut outcome = Ok(());
    relation.for_each(&mut |old| {
        let is_target = value.and_then(|value| old.string(value)).is_some_and(|key| keys.contains(key));
        if !is_target || outcome.is_err() {
            return;
        }
        let mut new = old.clone();
        match (place.sub_attribute, content) {
            (Some(sub), content) => outcome = set_sub_attribute(registry, verb, &mut new, sub, content),
            (None, Slot::One(Value::Complex(given))) if verb == Verb::Add => merge(&mut new, given),
            (None, Slot::One(Value::Complex(given))) => {
                new = Fields::new();
                merge(&mut new, given);
                carry_over(registry, id, old, &mut new);
            }
            (None, _) => {}
        }
        if outcome.is_ok() {
            outcome = check_sub_attributes(registry, id, old, &new).and_then(|()| {
                let same = is_equal(registry, id, &Value::Complex(old.clone()), &Value::Complex(new));
                if same { Ok(()) } else { Err(fixed(registry, id)) }
            });
        }
    });
    outcome
}

fn fixed(registry: &Registry, attribute: AttributeId) -> Error {
    let name = registry.short_name(attribute);
    Error::new(ErrorKind::Mutability, format!("a value of {name} cannot be changed; remove it and add another"))
}
