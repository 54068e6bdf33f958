//! PATCH and PUT (RFC 7644 sections 3.5.1 and 3.5.2): reading the operations, and applying them to a [`Draft`].
//!
//! Reading does all that needs the schemas only: paths and filters are resolved, values are read, readOnly targets are
//! refused. Applying then needs the draft only, and may be repeated. An error leaves the draft half changed, to be thrown
//! away: that is what makes PATCH atomic.
//!
//! The result of either is complete only after [`crate::resource::validate::check`], which the caller runs on
//! [`Draft::fields`]: it drops nulls, merges duplicates and finds required attributes without value and a second primary
//! value.
//!
//! Where the RFC leaves room: removing what is not there succeeds, as the RFC's example of a group member does, and so does
//! a path to an attribute without value; `replace` with a filter that matches nothing is `noTarget`, and so is `add`; a
//! record replaced through a value path loses the sub-attributes that are not given, since section 3.5.2.3 keeps them only
//! for a complex attribute; a sub-attribute path into a multi-valued attribute without filter speaks of all its values.

mod apply;
mod budget;
mod draft;
mod message;
mod path;
mod relation;
mod replace;
mod value;

pub use draft::{Draft, Relation, TreeDraft};
pub use message::OPERATION_LIMIT;

use crate::Result;
use crate::resource::read::Policy;
use crate::resource::{Fields, Slot, Value};
use crate::schema::{AttributeId, Registry, ResourceTypeId, SchemaId};
use path::AttributeTarget;
use serde_json::Value as Json;

/// The operations of a PATCH body, their paths resolved and their values read.
#[derive(Clone, Debug)]
pub struct Patch {
    operations: Vec<Operation>,
}

impl Patch {
    /// No operation at all, which only a tolerance lets through.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// What the operations add and replace, each with the attribute or sub-attribute that it is for.
    pub fn contents(&self) -> impl Iterator<Item = (AttributeId, &Slot)> {
        self.operations.iter().flat_map(|operation| &operation.steps).filter_map(|step| match step {
            Step::Set { place, content, .. } => Some((place.sub_attribute.unwrap_or(place.attribute), content)),
            Step::Remove { .. } | Step::RemoveExtension(_) => None,
        })
    }
}

/// One operation of the message. One without path has a step for each attribute in its value.
#[derive(Clone, Debug)]
struct Operation {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Set {
        verb: Verb,
        place: AttributeTarget,
        content: Slot,
    },
    /// With a list, only the values like those in it.
    Remove {
        place: AttributeTarget,
        listed: Option<Vec<Value>>,
    },
    RemoveExtension(SchemaId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Add,
    Replace,
}

/// Reads the body of a PATCH.
///
/// # Errors
/// `invalidSyntax` for the shape of the message, `invalidPath` and `invalidFilter` for a path, `invalidValue` for a value
/// that does not fit, `noTarget` for a remove without path, `mutability` for a readOnly target; each says which operation.
/// 413 for more than [`OPERATION_LIMIT`] operations.
pub fn read(registry: &Registry, resource_type: ResourceTypeId, body: &Json, policy: &Policy) -> Result<Patch> {
    message::read(registry, resource_type, body, policy)
}

/// Applies every operation in order. On an error the draft is to be thrown away: nothing of it may be kept.
///
/// # Errors
/// `mutability` for a change of an immutable attribute or the removal of a required one, `noTarget` for a filter without
/// match, `invalidValue` for a required attribute set to null, 413 for work out of proportion, and what a [`Relation`]
/// refuses; each says which operation.
pub fn apply(
    registry: &Registry,
    resource_type: ResourceTypeId,
    patch: &Patch,
    policy: &Policy,
    draft: &mut dyn Draft,
) -> Result<()> {
    let budget = budget::Budget::new();
    for (index, operation) in patch.operations.iter().enumerate() {
        for step in &operation.steps {
            apply::step(registry, resource_type, step, policy, &budget, draft)
                .map_err(|error| error.context(format_args!("Operations[{index}]")))?;
        }
    }
    Ok(())
}

/// Replaces the resource's attributes by `fields` as PUT does: readOnly attributes stay, writeOnly and immutable ones stay
/// unless mentioned, everything else that is not mentioned is cleared. The members relation is changed by its difference.
///
/// # Errors
/// `mutability` for another value of an immutable attribute, and what a [`Relation`] refuses.
pub fn replace(
    registry: &Registry,
    resource_type: ResourceTypeId,
    fields: &Fields,
    draft: &mut dyn Draft,
) -> Result<()> {
    replace::replace(registry, resource_type, fields, draft)
}

#[cfg(test)]
mod tests;
