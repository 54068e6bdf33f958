//! The front of one application: its rules, its schemas, the store behind them, and the service behind that.

use std::fmt;
use std::sync::Arc;

use scim::resource::projection::Projection;
use scim::resource::read::Policy;
use scim::resource::{Item, Record};
use scim::schema::{AttributeId, Registry, ResourceTypeId, standard};

use super::downstream::Downstream;
use super::{AccountAttributes, Seams, StoreSeam};
use crate::rules::Rules;
use crate::store::memory::MemoryStore;
use crate::store::{Layout, Perspective, Store, StoredResource, WantedRelations};

/// See the [module documentation](self).
pub struct Front {
    pub name: Arc<str>,
    pub rules: Rules,
    /// `rules.policy`, to be held by changes that outlive a borrow.
    pub(crate) policy: Arc<Policy>,
    pub registry: Arc<Registry>,
    pub(crate) layout: Arc<Layout>,
    pub(crate) account: AccountType,
    /// The store that deviations decorate. Only the control API and what fills an endpoint at its start go past them.
    pub(crate) base: MemoryStore,
    /// Behind the deviations that decorate it.
    pub(super) store: Arc<dyn Store>,
    pub(crate) downstream: Option<Arc<Downstream>>,
    /// The deviations that its requests pass.
    pub(crate) seams: Seams,
    shapes: Arc<[Shape]>,
}

/// What answers about resources of one type need, made once.
#[derive(Debug)]
pub(crate) struct Shape {
    usual: Projection,
    /// `members`, when resources of this type have members.
    members: Option<AttributeId>,
    /// `groups`, when resources of this type belong to groups.
    groups: Option<AttributeId>,
}

impl Shape {
    pub fn all(registry: &Registry) -> Arc<[Self]> {
        registry
            .resource_types()
            .map(|(id, _)| {
                let own = |attribute: Option<AttributeId>| {
                    attribute.filter(|&attribute| {
                        registry.schemas_of(id).any(|schema| schema == registry.definition(attribute).schema)
                    })
                };
                Self {
                    usual: Projection::everything(registry, id),
                    members: own(registry.members()),
                    groups: own(registry.groups()),
                }
            })
            .collect()
    }
}

/// The schemas of a target, with what is derived from them once.
#[derive(Clone, Debug)]
pub(crate) struct Schemas {
    pub registry: Arc<Registry>,
    pub layout: Arc<Layout>,
    pub account: AccountType,
    pub shapes: Arc<[Shape]>,
}

impl Schemas {
    pub fn new(registry: Arc<Registry>) -> Self {
        Self {
            layout: Arc::new(Layout::new(Arc::clone(&registry))),
            account: AccountType::new(&registry),
            shapes: Shape::all(&registry),
            registry,
        }
    }
}

impl fmt::Debug for Front {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Front").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The resource type whose resources are accounts, with the attributes that matter for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccountType(Option<(ResourceTypeId, AccountAttributes)>);

impl AccountType {
    pub fn new(registry: &Registry) -> Self {
        let user = registry.schema_id(standard::USER).and_then(|schema| {
            let (id, _) = registry.resource_types().find(|(_, kind)| kind.schema == schema)?;
            let attributes = AccountAttributes {
                active: registry.find_in_schema(schema, "active"),
                password: registry.find_in_schema(schema, "password"),
            };
            Some((id, attributes))
        });
        Self(user)
    }

    /// The resource type of accounts.
    pub fn kind(self) -> Option<ResourceTypeId> {
        self.0.map(|(id, _)| id)
    }

    /// The attributes, when `resource_type` is the type of accounts.
    pub fn of(self, resource_type: ResourceTypeId) -> Option<AccountAttributes> {
        self.0.filter(|&(id, _)| id == resource_type).map(|(_, attributes)| attributes)
    }
}

impl Front {
    /// A front whose store is not decorated yet.
    pub(crate) fn new(name: Arc<str>, rules: Rules, schemas: &Schemas, base: MemoryStore) -> Self {
        Self {
            name,
            policy: Arc::new(rules.policy.clone()),
            rules,
            registry: Arc::clone(&schemas.registry),
            layout: Arc::clone(&schemas.layout),
            account: schemas.account,
            store: Arc::new(base.clone()),
            base,
            downstream: None,
            seams: Seams::default(),
            shapes: Arc::clone(&schemas.shapes),
        }
    }

    /// The front with the deviations that requests pass and those that decorate its store, the first of them next to it.
    pub(crate) fn with_deviations(self, seams: Seams, stores: &[Arc<dyn StoreSeam>]) -> Self {
        let store = stores.iter().fold(self.store, |store, seam| seam.wrap(store));
        Self { store, seams, ..self }
    }

    /// The view of a client that uses this base URL.
    pub(crate) fn perspective<'a>(&'a self, base_url: &'a str) -> Perspective<'a> {
        Perspective::new(&self.layout, base_url)
    }

    /// The projection of requests that ask for none.
    pub(crate) fn usual_projection(&self, kind: ResourceTypeId) -> &Projection {
        &self.shapes[usize::from(kind.0)].usual
    }

    /// Which relations an answer with this projection shows.
    pub(crate) fn wanted(&self, kind: ResourceTypeId, projection: &Projection) -> WantedRelations {
        let shape = &self.shapes[usize::from(kind.0)];
        let shows = |attribute: Option<AttributeId>| attribute.is_some_and(|attribute| projection.wants(attribute));
        WantedRelations { members: shows(shape.members), groups: shows(shape.groups) }
    }

    /// The value of `active` of a user.
    pub(crate) fn active(&self, stored: &StoredResource) -> Option<bool> {
        let id = self.account.of(stored.resource_type)?.active?;
        match stored.record(self.perspective("")).get(id)?.next()? {
            Item::Boolean(active) => Some(active),
            _ => None,
        }
    }
}
