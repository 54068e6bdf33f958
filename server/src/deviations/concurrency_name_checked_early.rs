//! Whether a userName is free is asked before the user is stored, and not while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use scim::patch::Draft;
use scim::resource::Fields;
use scim::schema::{AttributeId, Registry, ResourceTypeId, SchemaDocument, Uniqueness, standard};
use scim::{Error, ErrorKind};
use uuid::Uuid;

use super::meeting::Meeting;
use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::{Answer, Change, Changed, Condition, Page, Query, Store, Stored, Wanted};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "concurrency.name-checked-early",
    summary: "two creations of one userName at the same time both succeed",
    breaks: Breaks::Requirements(&["RFC7643-4.1.1-02", "RFC7644-3.3-12"]),
    seen: &[],
    parameter: None,
    seam: Seam::store(|_| Box::new(NameCheckedEarly)),
};

struct NameCheckedEarly;

impl StoreSeam for NameCheckedEarly {
    fn enforce(&self, schemas: &mut [SchemaDocument]) {
        for schema in schemas.iter_mut().filter(|schema| schema.id == standard::USER) {
            for attribute in schema.attributes.iter_mut().filter(|attribute| attribute.name == "userName") {
                attribute.uniqueness = Uniqueness::None;
            }
        }
    }

    fn wrap(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        let registry = store.registry();
        let user_name =
            registry.schema_id(standard::USER).and_then(|schema| registry.find_in_schema(schema, "userName"));
        Arc::new(Checking { store, user_name, names: Arc::default(), meeting: Meeting::default() })
    }
}

/// A store that compares names by a list of its own.
struct Checking {
    store: Arc<dyn Store>,
    user_name: Option<AttributeId>,
    names: Arc<Mutex<HashMap<String, Uuid>>>,
    meeting: Meeting<String>,
}

fn lock(names: &Mutex<HashMap<String, Uuid>>) -> MutexGuard<'_, HashMap<String, Uuid>> {
    // Each change is one call on the map.
    names.lock().unwrap_or_else(PoisonError::into_inner)
}

fn key_of(user_name: Option<AttributeId>, fields: &Fields) -> Option<String> {
    fields.string(user_name?).map(str::to_lowercase)
}

fn taken() -> Error {
    Error::new(ErrorKind::Uniqueness, "the userName is taken by another user; choose another")
}

impl Store for Checking {
    fn registry(&self) -> &Arc<Registry> {
        self.store.registry()
    }

    fn create(&self, resource_type: ResourceTypeId, fields: Fields, wanted: Wanted) -> Answer<'_, Stored> {
        Box::pin(async move {
            let Some(key) = key_of(self.user_name, &fields) else {
                return self.store.create(resource_type, fields, wanted).await;
            };
            if lock(&self.names).contains_key(&key) {
                return Err(taken());
            }
            self.meeting.attend(key.clone()).await;
            let stored = self.store.create(resource_type, fields, wanted).await?;
            lock(&self.names).insert(key, stored.id);
            Ok(stored)
        })
    }

    fn get(&self, resource_type: ResourceTypeId, id: Uuid, wanted: Wanted) -> Answer<'_, Stored> {
        self.store.get(resource_type, id, wanted)
    }

    fn modify(
        &self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        change: Change,
        wanted: Wanted,
    ) -> Answer<'_, Changed> {
        let (user_name, names) = (self.user_name, Arc::clone(&self.names));
        let checked: Change = Arc::new(move |draft: &mut dyn Draft| {
            change(draft)?;
            let Some(key) = key_of(user_name, draft.fields()) else { return Ok(()) };
            let mut names = lock(&names);
            if names.get(&key).is_some_and(|own| *own != id) {
                return Err(taken());
            }
            names.retain(|_, own| *own != id);
            names.insert(key, id);
            Ok(())
        });
        self.store.modify(resource_type, id, condition, checked, wanted)
    }

    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> Answer<'_, ()> {
        Box::pin(async move {
            self.store.delete(resource_type, id, condition).await?;
            lock(&self.names).retain(|_, own| *own != id);
            Ok(())
        })
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.store.query(query)
    }

    fn clear(&self) -> Answer<'_, ()> {
        lock(&self.names).clear();
        self.store.clear()
    }
}
