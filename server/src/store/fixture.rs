//! What the store's tests share: schemas, a store, people and groups.

use std::sync::Arc;

use futures_util::FutureExt;
use jiff::Timestamp;
use scim::filter::parse::{Limits, parse};
use scim::filter::resolve::resolve;
use scim::patch::Draft;
use scim::resource::read::{Policy, resource};
use scim::resource::{Fields, Slot, Value};
use scim::schema::{AttributeId, Registry, ResourceTypeId, standard};
use scim::tolerance::Tolerances;
use serde_json::Value as Json;
use uuid::Uuid;

use super::identifiers::IdSource;
use super::memory::MemoryStore;
use super::{
    Change, ChangeResult, Condition, Page, Query, Sort, Store, StoreFuture, StoredResource, WantedRelations, Window,
};
use crate::clock::Clock;

pub const BASE: &str = "https://example.com/scim/v2";
pub const ALL: WantedRelations = WantedRelations { members: true, groups: true };

pub fn registry() -> Arc<Registry> {
    Arc::new(standard::registry(&[standard::ENTERPRISE_USER]).unwrap())
}

/// A store with a clock that stands at the start of 2026, and what tests do with it, awaited.
pub struct Shelf {
    pub store: MemoryStore,
    pub clock: Clock,
    pub registry: Arc<Registry>,
    pub user: ResourceTypeId,
    pub group: ResourceTypeId,
}

/// Answers that need no blocking pool are there at once.
pub fn now<T>(answer: StoreFuture<'_, T>) -> scim::Result<T> {
    answer.now_or_never().expect("outside a runtime nothing is put off")
}

impl Shelf {
    pub fn new() -> Self {
        Self::with(registry())
    }

    pub fn with(registry: Arc<Registry>) -> Self {
        let clock = Clock::standing(at("2026-01-01T00:00:00Z"));
        let store = MemoryStore::new(Arc::clone(&registry), clock.clone(), IdSource::seeded(42));
        let user = registry.resource_type_by_name("User").unwrap();
        let group = registry.resource_type_by_name("Group").unwrap();
        Self { store, clock, registry, user, group }
    }

    pub fn read(&self, kind: ResourceTypeId, body: &Json) -> Fields {
        let mut body = body.clone();
        let schema = self.registry.resource_type(kind).schema;
        body.as_object_mut()
            .unwrap()
            .entry("schemas")
            .or_insert_with(|| vec![self.registry.schema(schema).document.id.clone()].into());
        resource(&self.registry, kind, &body, &Policy::default()).unwrap()
    }

    pub fn create(&self, kind: ResourceTypeId, body: &Json) -> scim::Result<StoredResource> {
        now(self.store.create(kind, self.read(kind, body), ALL))
    }

    pub fn user(&self, name: &str) -> StoredResource {
        self.create(self.user, &serde_json::json!({"userName": name})).unwrap()
    }

    pub fn group(&self, name: &str, members: &[&StoredResource]) -> StoredResource {
        let members: Vec<Json> =
            members.iter().map(|member| serde_json::json!({"value": member.id.to_string()})).collect();
        self.create(self.group, &serde_json::json!({"displayName": name, "members": members})).unwrap()
    }

    pub fn get(&self, stored: &StoredResource) -> scim::Result<StoredResource> {
        now(self.store.get(stored.resource_type, stored.id, ALL))
    }

    pub fn modify(
        &self,
        stored: &StoredResource,
        change: impl Fn(&mut dyn Draft) -> scim::Result<()> + Send + Sync + 'static,
    ) -> scim::Result<ChangeResult> {
        let change: Change = Arc::new(change);
        now(self.store.modify(stored.resource_type, stored.id, Condition::default(), change, ALL))
    }

    pub fn delete(&self, stored: &StoredResource) -> scim::Result<()> {
        now(self.store.delete(stored.resource_type, stored.id, Condition::default()))
    }

    pub fn attribute(&self, kind: ResourceTypeId, name: &str) -> AttributeId {
        self.registry.find_attribute(kind, name).unwrap()
    }

    /// A change that sets a string attribute.
    pub fn set(
        &self,
        kind: ResourceTypeId,
        name: &str,
        text: &str,
    ) -> impl Fn(&mut dyn Draft) -> scim::Result<()> + use<> {
        let (id, text) = (self.attribute(kind, name), text.to_owned());
        move |draft| {
            draft.fields_mut().set(id, Slot::One(Value::String(text.as_str().into())));
            Ok(())
        }
    }

    pub fn query(&self, kind: ResourceTypeId, filter: Option<&str>, sort: Option<Sort>, window: Window) -> Query {
        let filter = filter.map(|text| {
            let strict = Tolerances::strict();
            let parsed = parse(text, Limits::default(), &strict).unwrap();
            Arc::new(resolve(&self.registry, kind, &parsed, &strict).unwrap())
        });
        Query { resource_type: kind, filter, sort, window, wanted: WantedRelations::default(), base_url: BASE.into() }
    }

    pub fn page(&self, query: Query) -> Page {
        now(self.store.query(query)).unwrap()
    }

    /// The ids of everything that matches.
    pub fn found(&self, kind: ResourceTypeId, filter: &str) -> Vec<Uuid> {
        let window = Window::Index { start: 1, count: 10_000 };
        let page = self.page(self.query(kind, Some(filter), None, window));
        assert_eq!(page.total, page.resources.len());
        page.resources.iter().map(|stored| stored.id).collect()
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A member as a request names it.
pub fn member(registry: &Registry, id: Uuid) -> Fields {
    let value = registry.find_sub_attribute(registry.members().unwrap(), "value").unwrap();
    std::iter::once((value, Slot::One(Value::String(id.to_string().into())))).collect()
}

pub fn ids<'a>(all: impl IntoIterator<Item = &'a StoredResource>) -> Vec<Uuid> {
    all.into_iter().map(|stored| stored.id).collect()
}
