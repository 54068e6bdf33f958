//! STUB
use super::{Fields, Record};
use crate::Result;
use crate::schema::{Registry, ResourceTypeId};
use crate::tolerance::Tolerances;

/// The table-driven pass over a whole resource before it is stored: required attributes and extensions, formats, at most one
/// primary (normalised when the tolerance says so).
///
/// # Errors
/// `invalidValue` naming the attribute.
pub fn check(
    registry: &Registry,
    resource_type: ResourceTypeId,
    fields: &mut Fields,
    tolerances: &Tolerances,
) -> Result<()> {
    let _ = (registry, resource_type, fields, tolerances);
    unimplemented!()
}

/// After PUT or PATCH: immutable attributes that had a value must still have it.
///
/// # Errors
/// `mutability` naming the attribute.
pub fn check_immutable<'a, R: Record<'a>>(
    registry: &Registry,
    resource_type: ResourceTypeId,
    before: R,
    after: &Fields,
) -> Result<()> {
    let _ = (registry, resource_type, before, after);
    unimplemented!()
}
