//! Applying one step to the attributes of a draft that are a tree (RFC 7644 sections 3.5.2.1 to 3.5.2.3).

use std::collections::HashSet;

use super::budget::Budget;
use super::path::{AttributeTarget, Selection};
use super::value::{
    carry_over, carry_over_all, check_nullable, check_removable, check_sub_attributes, fingerprint, is_equal,
    is_listed, is_same, merge,
};
use super::{Draft, Step, Verb, relation};
use crate::filter::eval::matches;
use crate::resource::read::Policy;
use crate::resource::validate::{changed, check_immutable_values, is_primary, primary, reset_primary};
use crate::resource::{Fields, Slot, Value};
use crate::schema::{AttributeId, Mutability, Registry, ResourceTypeId};
use crate::tolerance::Tolerance;
use crate::{Error, ErrorKind, Result};

pub(super) fn step(
    registry: &Registry,
    resource_type: ResourceTypeId,
    step: &Step,
    policy: &Policy,
    budget: &Budget,
    draft: &mut dyn Draft,
) -> Result<()> {
    let looked_at = |place: &AttributeTarget| draft.fields().values(place.attribute).len();
    budget.spend(match step {
        Step::Set { place, .. } | Step::Remove { place, listed: None } => looked_at(place),
        Step::Remove { place, listed: Some(listed) } => looked_at(place).saturating_mul(listed.len()),
        Step::RemoveExtension(_) => 0,
    });
    budget.check()?;
    match step {
        Step::Set { verb, place, content } => {
            if let Some(relation) = draft.relation(place.attribute) {
                return relation::set(registry, *verb, place, content, policy, &mut budget.counted(relation));
            }
            let setter = Setter { registry, verb: *verb, place, content, policy };
            setter.apply(draft.fields_mut())
        }
        Step::Remove { place, listed } => {
            if let Some(relation) = draft.relation(place.attribute) {
                return relation::remove(registry, place, listed.as_deref(), &mut budget.counted(relation));
            }
            remove(registry, place, listed.as_deref(), draft.fields_mut())
        }
        Step::RemoveExtension(schema) => {
            let fields = draft.fields_mut();
            let attributes = &registry.schema(*schema).attributes;
            let extensions = &registry.resource_type(resource_type).extensions;
            let is_set = attributes.iter().any(|&id| fields.slot(id).is_some_and(|slot| !slot.is_unassigned()));
            if is_set && extensions.contains(&(*schema, true)) {
                let detail = format!("the extension {} is required", registry.schema(*schema).document.id);
                return Err(Error::new(ErrorKind::Mutability, detail));
            }
            for &id in attributes {
                let is_set = fields.slot(id).is_some_and(|slot| !slot.is_unassigned());
                match registry.attribute(id).mutability {
                    Mutability::ReadOnly => {}
                    Mutability::Immutable if is_set => return Err(changed(registry, id)),
                    _ => drop(fields.remove(id)),
                }
            }
            Ok(())
        }
    }
}

/// A filter that selects nothing.
pub(super) fn no_target(registry: &Registry, attribute: AttributeId, selection: &Selection) -> Error {
    let name = registry.short_name(attribute);
    Error::new(ErrorKind::NoTarget, format!("no value of {name} matches [{}]", selection.text))
}

/// Whether the filter selects a value.
pub(super) fn is_selected(attribute: AttributeId, selection: &Selection, value: &Value) -> bool {
    match value {
        Value::Complex(subs) => matches(&selection.filter, subs),
        simple => {
            let alone = Fields::from_iter([(attribute, Slot::Many(vec![simple.clone()]))]);
            matches(&selection.filter, &alone)
        }
    }
}

struct Setter<'a> {
    registry: &'a Registry,
    verb: Verb,
    place: &'a AttributeTarget,
    content: &'a Slot,
    policy: &'a Policy,
}

impl Setter<'_> {
    fn apply(&self, fields: &mut Fields) -> Result<()> {
        let id = self.place.attribute;
        let old = fields.remove(id).unwrap_or(Slot::Null);
        let guarded = self.registry.attribute(id).mutability == Mutability::Immutable && !old.is_unassigned();
        let before = guarded.then(|| old.clone());
        let new = if self.registry.attribute(id).multi_valued {
            let values = match old {
                Slot::Many(values) => values,
                Slot::One(value) => vec![value],
                Slot::Null => Vec::new(),
            };
            let values = self.multi_valued(values)?;
            if values.is_empty() { Slot::Null } else { Slot::Many(values) }
        } else {
            self.singular(old)?
        };
        if let Some(before) = before {
            let (before, after) = (before.values(), new.values());
            let unchanged =
                before.len() == after.len() && before.iter().zip(after).all(|(a, b)| is_equal(self.registry, id, a, b));
            if !unchanged {
                return Err(changed(self.registry, id));
            }
        }
        if !new.is_unassigned() {
            fields.set(id, new);
        } else if self.registry.attribute(id).required {
            check_nullable(self.registry, id, &Slot::Null)?;
        }
        Ok(())
    }

    /// Section 3.5.2.3 keeps the sub-attributes that are not given, and so does adding to a complex attribute.
    fn singular(&self, old: Slot) -> Result<Slot> {
        let (registry, id) = (self.registry, self.place.attribute);
        let old = match old {
            Slot::One(Value::Complex(subs)) => subs,
            _ => Fields::new(),
        };
        let mut new = old.clone();
        match (self.place.sub_attribute, self.content) {
            (Some(sub), content) => self.set_sub_attribute(&mut new, sub, content)?,
            (None, Slot::One(Value::Complex(subs))) => merge(&mut new, subs),
            (None, Slot::Null) => new = Fields::new(),
            (None, content) => return Ok(content.clone()),
        }
        check_sub_attributes(registry, id, &old, &new)?;
        Ok(Slot::One(Value::Complex(new)))
    }

    fn multi_valued(&self, mut values: Vec<Value>) -> Result<Vec<Value>> {
        match (&self.place.selection, self.place.sub_attribute) {
            (None, None) if self.verb == Verb::Add => {
                self.append(&mut values, self.content.values());
                Ok(values)
            }
            (None, None) => {
                let mut new = self.content.values().to_vec();
                carry_over_all(self.registry, self.place.attribute, &values, &mut new);
                check_immutable_values(self.registry, self.place.attribute, &values, &new)?;
                Ok(new)
            }
            (None, Some(_)) => {
                let all: Vec<usize> = (0..values.len()).collect();
                if all.is_empty() && !self.content.is_unassigned() {
                    self.create(&mut values, Fields::new())?;
                } else {
                    self.change(&mut values, &all)?;
                }
                Ok(values)
            }
            (Some(selection), _) => {
                let selected: Vec<usize> =
                    (0..values.len()).filter(|&at| is_selected(self.place.attribute, selection, &values[at])).collect();
                if !selected.is_empty() {
                    self.change(&mut values, &selected)?;
                } else if let Some(template) = self.template(selection) {
                    if !self.content.is_unassigned() {
                        self.create(&mut values, template.clone())?;
                    }
                } else {
                    return Err(no_target(self.registry, self.place.attribute, selection));
                }
                Ok(values)
            }
        }
    }

    fn template<'s>(&self, selection: &'s Selection) -> Option<&'s Fields> {
        selection.template.as_ref().filter(|_| self.policy.allows(Tolerance::CreateFromFilter))
    }

    /// A value that is there already is not added again, and then nothing changes.
    fn append(&self, values: &mut Vec<Value>, new: &[Value]) {
        let (registry, id) = (self.registry, self.place.attribute);
        let known = values.len();
        if let [value] = new {
            if !values.iter().any(|old| is_same(registry, id, old, value)) {
                values.push(value.clone());
            }
        } else {
            let mut seen: HashSet<String> = values.iter().map(|value| fingerprint(registry, id, value)).collect();
            for value in new {
                if seen.insert(fingerprint(registry, id, value)) {
                    values.push(value.clone());
                }
            }
        }
        if let Some(primary) = primary(registry, id)
            && values[known..].iter().any(|value| is_primary(value, primary))
        {
            reset_primary(&mut values[..known], primary);
        }
    }

    /// A new value made of what the filter says and what is given.
    fn create(&self, values: &mut Vec<Value>, mut subs: Fields) -> Result<()> {
        match (self.place.sub_attribute, self.content) {
            (Some(sub), content) => self.set_sub_attribute(&mut subs, sub, content)?,
            (None, Slot::One(Value::Complex(given))) => merge(&mut subs, given),
            (None, content) => {
                self.append(values, content.values());
                return Ok(());
            }
        }
        self.append(values, &[Value::Complex(subs)]);
        Ok(())
    }

    /// Changes the values at the given ascending positions.
    fn change(&self, values: &mut Vec<Value>, at: &[usize]) -> Result<()> {
        let (registry, id) = (self.registry, self.place.attribute);
        for &at in at {
            let Value::Complex(old) = &values[at] else {
                if let Slot::One(value) = self.content {
                    values[at] = value.clone();
                }
                continue;
            };
            let new = match (self.place.sub_attribute, self.content) {
                (Some(sub), content) => {
                    let mut new = old.clone();
                    self.set_sub_attribute(&mut new, sub, content)?;
                    new
                }
                (None, Slot::One(Value::Complex(given))) if self.verb == Verb::Add => {
                    let mut new = old.clone();
                    merge(&mut new, given);
                    new
                }
                (None, Slot::One(Value::Complex(given))) => {
                    let mut new = Fields::new();
                    merge(&mut new, given);
                    carry_over(registry, id, old, &mut new);
                    new
                }
                // Null: the record goes, below.
                _ => continue,
            };
            check_sub_attributes(registry, id, old, &new)?;
            values[at] = Value::Complex(new);
        }
        if self.place.sub_attribute.is_none() && self.content.is_unassigned() {
            if self.verb == Verb::Replace {
                let mut position = 0..;
                values.retain(|_| position.next().is_some_and(|position| at.binary_search(&position).is_err()));
            }
        } else if let Some(primary) = primary(registry, id)
            && self.sets_primary(primary)
        {
            let others = values.iter_mut().enumerate().filter(|(position, _)| at.binary_search(position).is_err());
            reset_primary(others.map(|(_, value)| value), primary);
        }
        values.retain(|value| !value.is_unassigned());
        Ok(())
    }

    fn sets_primary(&self, primary: AttributeId) -> bool {
        match (self.place.sub_attribute, self.content) {
            (Some(sub), Slot::One(Value::Boolean(true))) => sub == primary,
            (None, Slot::One(value)) => is_primary(value, primary),
            _ => false,
        }
    }

    fn set_sub_attribute(&self, subs: &mut Fields, id: AttributeId, content: &Slot) -> Result<()> {
        set_sub_attribute(self.registry, self.verb, subs, id, content)
    }
}

pub(super) fn set_sub_attribute(
    registry: &Registry,
    verb: Verb,
    subs: &mut Fields,
    id: AttributeId,
    content: &Slot,
) -> Result<()> {
    check_nullable(registry, id, content)?;
    match (content, subs.slot_mut(id)) {
        // A list below a complex attribute grows like any other.
        (Slot::Many(new), Some(Slot::Many(old))) if verb == Verb::Add => {
            for value in new {
                if !old.iter().any(|old| is_equal(registry, id, old, value)) {
                    old.push(value.clone());
                }
            }
        }
        (content, _) if content.is_unassigned() => drop(subs.remove(id)),
        (content, _) => subs.set(id, content.clone()),
    }
    Ok(())
}

fn remove(registry: &Registry, place: &AttributeTarget, listed: Option<&[Value]>, fields: &mut Fields) -> Result<()> {
    let id = place.attribute;
    let Some(slot) = fields.slot_mut(id).filter(|slot| !slot.is_unassigned()) else {
        fields.remove(id);
        return Ok(());
    };
    let is_target = |value: &Value| {
        place.selection.as_ref().is_none_or(|selection| is_selected(id, selection, value))
            && listed.is_none_or(|listed| listed.iter().any(|other| is_listed(registry, id, value, other)))
    };
    let is_whole = place.selection.is_none() && place.sub_attribute.is_none() && listed.is_none();
    let mut removed = false;
    match (place.sub_attribute, slot) {
        (Some(sub), slot) => {
            let values = match slot {
                Slot::One(value) => std::slice::from_mut(value),
                Slot::Many(values) => values.as_mut_slice(),
                Slot::Null => &mut [],
            };
            for value in values.iter_mut().filter(|value| is_target(value)) {
                if let Value::Complex(subs) = value
                    && subs.slot(sub).is_some_and(|slot| !slot.is_unassigned())
                {
                    check_removable(registry, sub)?;
                    subs.remove(sub);
                    removed = true;
                }
            }
        }
        (None, Slot::Many(values)) => {
            let before = values.len();
            values.retain(|value| !is_target(value));
            removed = values.len() < before;
        }
        (None, slot) => {
            *slot = Slot::Null;
            removed = true;
        }
    }
    if let Some(Slot::Many(values)) = fields.slot_mut(id) {
        values.retain(|value| !value.is_unassigned());
    }
    let is_gone = fields.slot(id).is_none_or(Slot::is_unassigned);
    let is_immutable = registry.attribute(id).mutability == Mutability::Immutable;
    if removed && (is_gone || is_immutable) || is_whole {
        check_removable(registry, id)?;
    }
    if is_gone {
        fields.remove(id);
    }
    Ok(())
}
