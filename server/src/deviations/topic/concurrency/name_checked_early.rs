//! Names are compared before the store is locked, so that two creations of one name at the same time both succeed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use scim::resource::Fields;
use scim::schema::{AttributeId, ResourceTypeId, SchemaDocument, Uniqueness, standard};
use scim::{Error, ErrorKind};
use uuid::Uuid;

use crate::application::{Setup, StoreSeam};
use crate::deviations::part::layer::{Layer, LayeredStore, Modification};
use crate::deviations::part::meeting::{Meeting, Patience};
use crate::store::{ChangeResult, Condition, Store, StoreFuture, StoredResource, WantedRelations};

/// See the [module documentation](self).
pub struct NameCheckedEarly(Patience);

impl NameCheckedEarly {
    pub fn new(setup: &Setup<'_>) -> Self {
        Self(Patience::of(setup))
    }
}

impl StoreSeam for NameCheckedEarly {
    fn enforce(&self, schemas: &mut [SchemaDocument]) {
        for schema in schemas.iter_mut().filter(|schema| schema.id == standard::USER) {
            for attribute in schema.attributes.iter_mut().filter(|attribute| attribute.name == "userName") {
                attribute.uniqueness = Uniqueness::None;
            }
        }
    }

    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        let registry = inner.registry();
        let user_name =
            registry.schema_id(standard::USER).and_then(|schema| registry.find_in_schema(schema, "userName"));
        let meeting = Meeting::new(self.0.clone());
        Arc::new(LayeredStore(NameLayer { inner, user_name, names: Arc::default(), meeting }))
    }
}

/// Compares names by a list of its own.
struct NameLayer {
    inner: Arc<dyn Store>,
    user_name: Option<AttributeId>,
    names: Arc<Mutex<HashMap<String, Uuid>>>,
    meeting: Meeting<String>,
}

fn key_of(user_name: Option<AttributeId>, fields: &Fields) -> Option<String> {
    fields.string(user_name?).map(str::to_lowercase)
}

fn taken() -> Error {
    Error::new(ErrorKind::Uniqueness, "the userName is taken by another user; choose another")
}

impl Layer for NameLayer {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn create(
        &self,
        resource_type: ResourceTypeId,
        fields: Fields,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, StoredResource> {
        Box::pin(async move {
            let Some(key) = key_of(self.user_name, &fields) else {
                return self.inner.create(resource_type, fields, wanted).await;
            };
            if self.names.lock().contains_key(&key) {
                return Err(taken());
            }
            self.meeting.attend(key.clone()).await;
            let stored = self.inner.create(resource_type, fields, wanted).await?;
            self.names.lock().insert(key, stored.id);
            Ok(stored)
        })
    }

    fn modify(&self, mut call: Modification) -> StoreFuture<'_, ChangeResult> {
        let (user_name, names, id, change) = (self.user_name, Arc::clone(&self.names), call.id, call.change);
        call.change = Arc::new(move |draft| {
            change(draft)?;
            let Some(key) = key_of(user_name, draft.fields()) else { return Ok(()) };
            let mut names = names.lock();
            if names.get(&key).is_some_and(|own| *own != id) {
                return Err(taken());
            }
            names.retain(|_, own| *own != id);
            names.insert(key, id);
            Ok(())
        });
        call.run(&*self.inner)
    }

    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.inner.delete(resource_type, id, condition).await?;
            self.names.lock().retain(|_, own| *own != id);
            Ok(())
        })
    }

    fn clear(&self) -> StoreFuture<'_, ()> {
        self.names.lock().clear();
        self.inner.clear()
    }
}
