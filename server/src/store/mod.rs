//! The store's seam: operations on the resources of one tenant, asynchronous so that a database can stand behind it.
//!
//! Handlers and deviations know only [`Store`]; [`memory::MemoryStore`] is the one that ships. A deviation at the store
//! seam wraps a store in another that implements the same trait.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use scim::filter::ResolvedFilter;
use scim::patch::Draft;
use scim::resource::Fields;
use scim::schema::{AttributeId, Registry, ResourceTypeId};
use uuid::Uuid;

mod draft;
#[cfg(test)]
mod fixture;
pub mod identifiers;
mod index;
mod membership;
pub mod memory;
mod packed;
mod perspective;
mod query;
mod record;
mod search;
mod sets;
mod sort;
mod state;
mod stored;
mod tenant;

pub use perspective::{Layout, Perspective};
pub use sort::{SortBy, SortKey};
pub use stored::StoredResource;

/// The outcome of an operation, ready to be awaited.
pub type StoreFuture<'a, T> = BoxFuture<'a, scim::Result<T>>;

/// A version condition (`If-Match`, `If-None-Match`) to be checked under the same lock as the change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "the fields have the names of the headers")]
pub struct Condition {
    /// The change happens only if the resource has one of these versions; empty means no condition.
    pub if_match: Vec<u64>,
    /// `If-Match: *` or a tag that no version of ours can equal: only existence, or nothing at all, satisfies it.
    pub if_match_unsatisfiable: bool,
    /// The change happens only if the resource has none of these versions.
    pub if_none_match: Vec<u64>,
}

/// Which relations of a resource an answer needs; filling them costs as much as they are long.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WantedRelations {
    pub members: bool,
    pub groups: bool,
}

/// A query over one resource type.
#[derive(Clone, Debug)]
pub struct Query {
    pub resource_type: ResourceTypeId,
    pub filter: Option<Arc<ResolvedFilter>>,
    pub sort: Option<Sort>,
    pub window: Window,
    pub wanted: WantedRelations,
    /// For `meta.location` and `$ref` values that a filter compares.
    pub base_url: Arc<str>,
}

/// The order of a query's results; without it, the order of creation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub attribute: AttributeId,
    pub sub_attribute: Option<AttributeId>,
    pub descending: bool,
}

/// A resource as one end of a page: what a walk by cursor goes on from, also when the resource is changed or gone.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// In the order of creation.
    pub place: u64,
    /// What it was sorted by; `None` where it had no such value, and in a walk without order.
    pub key: Option<SortKey>,
}

/// Which part of the result to return.
#[derive(Clone, Debug, PartialEq)]
pub enum Window {
    /// By position, from 1 (RFC 7644 section 3.4.2.4).
    Index { start: usize, count: usize },
    /// What comes after the mark (RFC 9865); `None` starts the walk.
    After { mark: Option<Mark>, count: usize },
    /// The last `count` of what comes before the mark.
    Before { mark: Mark, count: usize },
}

/// One page of results.
#[derive(Clone, Debug)]
pub struct Page {
    /// How many resources match in all.
    pub total: usize,
    pub resources: Vec<StoredResource>,
    /// The last resource of this page, when a walk has a next one.
    pub next: Option<Mark>,
    /// The first resource of this page, when a walk has a previous one.
    pub previous: Option<Mark>,
}

/// A change made to a draft under the tenant's lock: it must not block and may be run again.
pub type Change = Arc<dyn Fn(&mut dyn Draft) -> scim::Result<()> + Send + Sync>;

/// What a change did.
#[derive(Clone, Debug)]
pub struct ChangeResult {
    pub stored: StoredResource,
    /// False when the resource already was as the change wanted it; then version and lastModified are untouched.
    pub modified: bool,
}

/// The operations. Every error is one that the client may see.
///
/// Uniqueness, membership (unknown members, cycles) and versions are the store's business, because they need the lock;
/// everything that a schema alone can tell has been checked before.
pub trait Store: Send + Sync {
    /// The schemas that the stored attribute ids refer to.
    fn registry(&self) -> &Arc<Registry>;

    /// Stores a new resource; the store gives id, version and times. 409 `uniqueness` on a taken value.
    fn create(
        &self,
        resource_type: ResourceTypeId,
        fields: Fields,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, StoredResource>;

    /// 404 when there is no such resource of this type.
    fn get(&self, resource_type: ResourceTypeId, id: Uuid, wanted: WantedRelations) -> StoreFuture<'_, StoredResource>;

    /// Replaces the attributes of a resource (PUT); `fields` is complete, merging has been done by the caller in `change`.
    fn modify(
        &self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        change: Change,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, ChangeResult>;

    /// Removes a resource and takes it out of every group.
    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> StoreFuture<'_, ()>;

    fn query(&self, query: Query) -> StoreFuture<'_, Page>;

    /// Removes everything (control API).
    fn clear(&self) -> StoreFuture<'_, ()>;
}
