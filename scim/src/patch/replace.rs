//! PUT (RFC 7644 section 3.5.1), on a draft.

use super::value::carry_over_all;
use super::{Draft, relation};
use crate::Result;
use crate::resource::validate::check_immutable;
use crate::resource::{Fields, Slot, Value};
use crate::schema::{Mutability, Registry, ResourceTypeId, common};

pub(super) fn replace(
    registry: &Registry,
    resource_type: ResourceTypeId,
    fields: &Fields,
    draft: &mut dyn Draft,
) -> Result<()> {
    let mut new = Fields::new();
    for schema in registry.schemas_of(resource_type) {
        for &id in &registry.schema(schema).attributes {
            let mutability = registry.attribute(id).mutability;
            if id == common::SCHEMAS {
                continue;
            }
            if mutability != Mutability::ReadOnly
                && let Some(relation) = draft.relation(id)
            {
                relation::replace(registry, id, fields.values(id), relation)?;
                continue;
            }
            let old = draft.fields().slot(id);
            let slot = match (mutability, fields.slot(id)) {
                // What a client cannot see it cannot repeat, and what cannot change need not be repeated.
                (Mutability::ReadOnly, _) | (Mutability::WriteOnly | Mutability::Immutable, None) => old.cloned(),
                (_, None) => None,
                (_, Some(given)) => {
                    let mut given = given.clone();
                    carry_over(registry, id, old, &mut given);
                    Some(given)
                }
            };
            if let Some(slot) = slot.filter(|slot| !slot.is_unassigned()) {
                new.set(id, slot);
            }
        }
    }
    check_immutable(registry, resource_type, draft.fields(), &new)?;
    *draft.fields_mut() = new;
    Ok(())
}

fn carry_over(registry: &Registry, id: crate::schema::AttributeId, old: Option<&Slot>, given: &mut Slot) {
    let old: &[Value] = old.map_or(&[], Slot::values);
    match given {
        Slot::Null => {}
        Slot::One(value) => carry_over_all(registry, id, old, std::slice::from_mut(value)),
        Slot::Many(values) => carry_over_all(registry, id, old, values),
    }
}
