//! PATCH (RFC 7644 section 3.5.2): reading the operations, and applying them to a [`Draft`].

mod draft;

pub use draft::{Draft, Relation, TreeDraft};

use crate::Result;
use crate::resource::read::Policy;
use crate::schema::{Registry, ResourceTypeId};
use serde_json::Value as Json;

/// STUB A PatchOp message read from its body, paths parsed and resolved.
#[derive(Clone, Debug)]
pub struct Patch {}

/// Reads a PatchOp message.
///
/// # Errors
/// `invalidSyntax`, `invalidPath`, `invalidFilter`, `invalidValue` with the operation's position.
pub fn read(registry: &Registry, resource_type: ResourceTypeId, body: &Json, policy: &Policy) -> Result<Patch> {
    let _ = (registry, resource_type, body, policy);
    unimplemented!()
}

/// Applies every operation in order. On an error the draft is to be thrown away: nothing of it may be kept.
///
/// # Errors
/// `mutability`, `noTarget`, `invalidValue` with the operation's position.
pub fn apply(
    registry: &Registry,
    resource_type: ResourceTypeId,
    patch: &Patch,
    policy: &Policy,
    draft: &mut dyn Draft,
) -> Result<()> {
    let _ = (registry, resource_type, patch, policy, draft);
    unimplemented!()
}

/// Replaces the resource's attributes by `fields` as PUT does: readOnly and unmentioned writeOnly attributes stay, immutable
/// ones must not change, the members relation is changed by its difference.
///
/// # Errors
/// `mutability`.
pub fn replace(
    registry: &Registry,
    resource_type: ResourceTypeId,
    fields: &crate::resource::Fields,
    draft: &mut dyn Draft,
) -> Result<()> {
    let _ = (registry, resource_type, fields, draft);
    unimplemented!()
}
