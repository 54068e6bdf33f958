//! STUB
use super::Resolved;
use crate::resource::Record;
use crate::schema::Registry;

/// Whether `record` satisfies `filter`.
#[must_use]
pub fn matches<'a, R: Record<'a>>(registry: &Registry, filter: &Resolved, record: R) -> bool {
    let _ = (registry, filter, record);
    unimplemented!()
}
