//! A store that makes changes otherwise than it is told: a part that several deviations share.

use std::sync::Arc;

use scim::resource::Fields;
use scim::schema::{Registry, ResourceTypeId};
use uuid::Uuid;

use crate::store::{Answer, Change, Changed, Condition, Page, Query, Store, Stored, Wanted};

/// How a change is made instead.
pub trait Modify: Send + Sync {
    /// Stands in for [`Store::modify`] of `inner`.
    fn modify<'a>(&'a self, inner: &'a dyn Store, call: Call) -> Answer<'a, Changed>;
}

/// The arguments of [`Store::modify`].
pub struct Call {
    pub resource_type: ResourceTypeId,
    pub id: Uuid,
    pub condition: Condition,
    pub change: Change,
    pub wanted: Wanted,
}

impl Call {
    /// Makes the change.
    pub fn run(self, inner: &dyn Store) -> Answer<'_, Changed> {
        inner.modify(self.resource_type, self.id, self.condition, self.change, self.wanted)
    }
}

/// A store before another one, whose changes go through `how`; everything else passes.
pub struct Modified<M> {
    pub inner: Arc<dyn Store>,
    pub how: M,
}

impl<M: Modify> Store for Modified<M> {
    fn registry(&self) -> &Arc<Registry> {
        self.inner.registry()
    }

    fn create(&self, resource_type: ResourceTypeId, fields: Fields, wanted: Wanted) -> Answer<'_, Stored> {
        self.inner.create(resource_type, fields, wanted)
    }

    fn get(&self, resource_type: ResourceTypeId, id: Uuid, wanted: Wanted) -> Answer<'_, Stored> {
        self.inner.get(resource_type, id, wanted)
    }

    fn modify(
        &self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        change: Change,
        wanted: Wanted,
    ) -> Answer<'_, Changed> {
        self.how.modify(&*self.inner, Call { resource_type, id, condition, change, wanted })
    }

    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> Answer<'_, ()> {
        self.inner.delete(resource_type, id, condition)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.inner.query(query)
    }

    fn clear(&self) -> Answer<'_, ()> {
        self.inner.clear()
    }
}

/// Alters what a change made of the attributes; the first are those before the change.
pub struct Altered(pub fn(&Registry, &Fields, &mut Fields));

impl Modify for Altered {
    fn modify<'a>(&'a self, inner: &'a dyn Store, mut call: Call) -> Answer<'a, Changed> {
        let (alter, registry, change) = (self.0, Arc::clone(inner.registry()), call.change);
        call.change = Arc::new(move |draft| {
            let before = draft.fields().clone();
            change(draft)?;
            alter(&registry, &before, draft.fields_mut());
            Ok(())
        });
        call.run(inner)
    }
}
