//! Parts at the store: other schemas, and a layer before the store.

use std::sync::Arc;

use scim::resource::Fields;
use scim::schema::{Registry, ResourceTypeId, SchemaDocument};
use uuid::Uuid;

use crate::application::StoreSeam;
use crate::store::{Change, ChangeResult, Condition, Page, Query, Store, StoreFuture, StoredResource, WantedRelations};

/// Edits the schemas that the store enforces; see [`StoreSeam::enforce`].
pub struct Enforce(pub fn(&mut [SchemaDocument]));

impl StoreSeam for Enforce {
    fn enforce(&self, schemas: &mut [SchemaDocument]) {
        (self.0)(schemas);
    }
}

/// A store before another one: whatever it does not take over goes through.
pub trait Layer: Send + Sync {
    /// The store behind it.
    fn inner(&self) -> &dyn Store;

    /// Stands in for [`Store::create`].
    fn create(
        &self,
        resource_type: ResourceTypeId,
        fields: Fields,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, StoredResource> {
        self.inner().create(resource_type, fields, wanted)
    }

    /// Stands in for [`Store::modify`].
    fn modify(&self, call: Modification) -> StoreFuture<'_, ChangeResult> {
        call.run(self.inner())
    }

    /// Stands in for [`Store::delete`].
    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> StoreFuture<'_, ()> {
        self.inner().delete(resource_type, id, condition)
    }

    /// Stands in for [`Store::clear`].
    fn clear(&self) -> StoreFuture<'_, ()> {
        self.inner().clear()
    }
}

/// The arguments of [`Store::modify`].
pub struct Modification {
    pub resource_type: ResourceTypeId,
    pub id: Uuid,
    pub condition: Condition,
    pub change: Change,
    pub wanted: WantedRelations,
}

impl Modification {
    /// Makes the change.
    pub fn run(self, inner: &dyn Store) -> StoreFuture<'_, ChangeResult> {
        inner.modify(self.resource_type, self.id, self.condition, self.change, self.wanted)
    }
}

/// The store that a [`Layer`] makes of the one behind it.
pub struct LayeredStore<L>(pub L);

impl<L: Layer> Store for LayeredStore<L> {
    fn registry(&self) -> &Arc<Registry> {
        self.0.inner().registry()
    }

    fn create(
        &self,
        resource_type: ResourceTypeId,
        fields: Fields,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, StoredResource> {
        self.0.create(resource_type, fields, wanted)
    }

    fn get(&self, resource_type: ResourceTypeId, id: Uuid, wanted: WantedRelations) -> StoreFuture<'_, StoredResource> {
        self.0.inner().get(resource_type, id, wanted)
    }

    fn modify(
        &self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        change: Change,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, ChangeResult> {
        self.0.modify(Modification { resource_type, id, condition, change, wanted })
    }

    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> StoreFuture<'_, ()> {
        self.0.delete(resource_type, id, condition)
    }

    fn query(&self, query: Query) -> StoreFuture<'_, Page> {
        self.0.inner().query(query)
    }

    fn clear(&self) -> StoreFuture<'_, ()> {
        self.0.clear()
    }
}
