//! STUB
use super::Record;
use super::projection::Projection;
use crate::schema::{Registry, ResourceTypeId};

/// Writes a resource as JSON straight to bytes: `schemas` first, core attributes, extensions as objects, `meta` last.
pub fn resource<'a, R: Record<'a>>(
    out: &mut Vec<u8>,
    registry: &Registry,
    resource_type: ResourceTypeId,
    record: R,
    projection: &Projection,
) {
    let _ = (out, registry, resource_type, record, projection);
    unimplemented!()
}
