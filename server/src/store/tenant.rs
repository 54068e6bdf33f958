//! The operations on one tenant's resources, each under one lock for as short as it can be.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use scim::resource::{Fields, Value};
use scim::schema::{AttributeId, Registry, ResourceTypeId};
use scim::{Error, ErrorKind, Result};
use uuid::Uuid;

use super::draft::{MemberChanges, MembersDraft, StoreDraft};
use super::identifiers::IdSource;
use super::index::IndexedAttributes;
use super::packed::PackedAttributes;
use super::perspective::{Layout, Perspective};
use super::state::{ResourceSnapshot, TenantState, given_id, is_composed};
use super::{Change, ChangeResult, Condition, StoredResource, WantedRelations};
use crate::clock::Clock;

/// How many rows are looked at under one lock: about a millisecond's work.
pub(super) const PORTION: usize = 16_000;

/// One tenant. The lock is never held across a wait.
#[derive(Debug)]
pub(super) struct Tenant {
    pub layout: Layout,
    pub indexed: Arc<IndexedAttributes>,
    clock: Clock,
    state: RwLock<TenantState>,
}

/// A change that was done, or that has to be done again where it may take long.
pub(super) enum ModifyOutcome {
    Done(Box<ResourceSnapshot>, bool),
    TakesLong,
}

impl Tenant {
    pub fn new(registry: Arc<Registry>, clock: Clock, ids: IdSource) -> Self {
        let indexed = Arc::new(IndexedAttributes::new(&registry));
        let state = RwLock::new(TenantState::new(&registry, Arc::clone(&indexed), ids));
        Self { layout: Layout::new(registry), indexed, clock, state }
    }

    /// Without base URL.
    fn perspective(&self) -> Perspective<'_> {
        Perspective::new(&self.layout, "")
    }

    pub fn registry(&self) -> &Arc<Registry> {
        &self.layout.registry
    }

    /// A change is made ready before the state is touched, so a panic leaves no half of one behind.
    pub fn read(&self) -> RwLockReadGuard<'_, TenantState> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, TenantState> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn encode(&self, fields: &Fields) -> PackedAttributes {
        let layout = &self.layout;
        let attribute = |relation: Option<super::perspective::RelationAttributes>| relation.map(|it| it.attribute);
        let (members, groups) = (attribute(layout.members), attribute(layout.groups));
        PackedAttributes::encode(fields, |id| is_composed(id, members, groups))
    }

    /// The attribute that holds the members of a resource of this type.
    fn members_of(&self, resource_type: ResourceTypeId) -> Option<AttributeId> {
        let layout = &self.layout;
        layout.members.filter(|_| layout.of(resource_type).has_members).map(|relation| relation.attribute)
    }

    fn members_draft<'a>(
        &'a self,
        state: &'a TenantState,
        resource_type: ResourceTypeId,
        group: Option<u32>,
        budget: Option<usize>,
    ) -> Option<MembersDraft<'a>> {
        let layout = &self.layout;
        let attributes = layout.members.filter(|_| layout.of(resource_type).has_members)?;
        Some(MembersDraft::new(state, self.perspective(), attributes, group, budget))
    }

    pub fn create(
        &self,
        resource_type: ResourceTypeId,
        fields: &Fields,
        wanted: WantedRelations,
    ) -> Result<ResourceSnapshot> {
        let prepared = self.prepare(resource_type, fields, None);
        let mut state = self.write();
        let number = self.insert(&mut state, prepared)?;
        self.snapshot(&state, number, wanted)
    }

    /// Stores resources in order under one lock, and returns their ids; `id` is kept where it is given.
    pub fn load(&self, resources: &[(ResourceTypeId, Fields)]) -> Result<Vec<Uuid>> {
        let prepared: Result<Vec<PreparedResource<'_>>> =
            resources.iter().map(|(kind, fields)| Ok(self.prepare(*kind, fields, given_id(fields)?))).collect();
        let prepared = prepared?;
        let mut state = self.write();
        let mut ids = Vec::with_capacity(prepared.len());
        for resource in prepared {
            let number = self.insert(&mut state, resource)?;
            ids.extend(state.stored(number).map(|stored| stored.id));
        }
        Ok(ids)
    }

    /// What can be done without the lock.
    fn prepare<'f>(&self, resource_type: ResourceTypeId, fields: &'f Fields, id: Option<Uuid>) -> PreparedResource<'f> {
        let attributes = self.encode(fields);
        let keys = self.indexed.keys(&attributes);
        let members = self.members_of(resource_type).map_or(&[][..], |attribute| fields.values(attribute));
        PreparedResource { resource_type, id, attributes, keys, members }
    }

    fn insert(&self, state: &mut TenantState, resource: PreparedResource<'_>) -> Result<u32> {
        let PreparedResource { resource_type, id, attributes, keys, members } = resource;
        state.check_unique(self.registry(), &keys, None)?;
        if let Some(id) = id.filter(|&id| state.find_id(id).is_some()) {
            return Err(Error::new(ErrorKind::Uniqueness, format!("id {id} is taken by another resource")));
        }
        let changes = self.initial_members(state, resource_type, members)?;
        let number = state.insert(resource_type, id, self.clock.now(), attributes, &keys)?;
        if let Some(changes) = changes {
            state.change_members(number, &changes);
        }
        Ok(number)
    }

    fn initial_members(
        &self,
        state: &TenantState,
        resource_type: ResourceTypeId,
        members: &[Value],
    ) -> Result<Option<MemberChanges>> {
        let Some(mut draft) = self.members_draft(state, resource_type, None, None) else { return Ok(None) };
        for member in members {
            if let Value::Complex(member) = member {
                scim::patch::Relation::insert(&mut draft, member)?;
            }
        }
        Ok(draft.into_changes())
    }

    pub fn get(&self, resource_type: ResourceTypeId, id: Uuid, wanted: WantedRelations) -> Result<ResourceSnapshot> {
        let state = self.read();
        let (number, _) = state.find(self.registry(), resource_type, id)?;
        self.snapshot(&state, number, wanted)
    }

    fn snapshot(&self, state: &TenantState, number: u32, wanted: WantedRelations) -> Result<ResourceSnapshot> {
        let row = state.row(number).ok_or_else(|| Error::new(ErrorKind::NotFound, "the resource is gone"))?;
        Ok(state.snapshot(number, row, wanted, self.perspective(), PORTION))
    }

    /// Fills in what a snapshot lacks, a portion under each lock. Members that are added or removed meanwhile may be shown or
    /// not; the version shown is the older one, so that a change conditioned on it is refused.
    pub fn complete(&self, snapshot: ResourceSnapshot) -> StoredResource {
        let ResourceSnapshot { mut stored, rest } = snapshot;
        if rest.is_some() {
            let mut members = stored.members().to_vec();
            let mut from = rest;
            while let Some(left) = from {
                let more;
                (more, from) = self.read().more_members(stored.id, left, PORTION);
                members.extend(more);
            }
            stored.set_members(members);
        }
        stored
    }

    /// With `budget`, a change that looks at or adds more members than it is not done but said to take long.
    pub fn modify(
        &self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: &Condition,
        change: &Change,
        wanted: WantedRelations,
        budget: Option<usize>,
    ) -> Result<ModifyOutcome> {
        let mut guard = self.write();
        let state = &*guard;
        let (number, stored) = state.find(self.registry(), resource_type, id)?;
        condition.check(stored)?;
        let before = stored.attributes.clone();
        let members = self.members_draft(state, resource_type, Some(number), budget);
        let mut draft = StoreDraft::new(before.decode(), members);
        let outcome = change(&mut draft);
        let (fields, members) = draft.into_parts();
        if members.as_ref().is_some_and(MembersDraft::is_exhausted) {
            return Ok(ModifyOutcome::TakesLong);
        }
        outcome?;
        let changes = members.and_then(MembersDraft::into_changes);
        let after = self.encode(&fields);
        let modified = after != before || changes.is_some();
        if modified {
            let (gone, new) = self.indexed.changed_keys(&before, &after);
            state.check_unique(self.registry(), &new, Some(number))?;
            let state = &mut *guard;
            if let Some(changes) = changes {
                state.change_members(number, &changes);
            }
            state.update(number, self.clock.now(), after, &gone, &new);
        }
        let snapshot = self.snapshot(&guard, number, wanted)?;
        Ok(ModifyOutcome::Done(Box::new(snapshot), modified))
    }

    pub fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: &Condition) -> Result<()> {
        let mut state = self.write();
        let (number, stored) = state.find(self.registry(), resource_type, id)?;
        condition.check(stored)?;
        state.remove(number, self.clock.now());
        Ok(())
    }

    /// A copy of everything.
    pub fn snapshot_of_all(&self) -> TenantState {
        self.read().clone()
    }

    /// Whether a copy can take the place of what is there.
    pub fn takes(&self, copy: &TenantState) -> bool {
        self.read().is_like(copy)
    }

    /// Becomes what a copy was.
    pub fn restore(&self, copy: &TenantState) {
        *self.write() = copy.clone();
    }

    /// Looks at a portion of what emptied groups left behind; says whether more is left.
    pub fn clean(&self, portion: usize) -> bool {
        self.write().membership.clean(portion)
    }

    pub fn clear(&self) {
        self.write().clear();
    }
}

/// A resource to be stored, with what was worked out about it before the lock.
struct PreparedResource<'f> {
    resource_type: ResourceTypeId,
    id: Option<Uuid>,
    attributes: PackedAttributes,
    keys: Vec<super::index::Key>,
    members: &'f [Value],
}

impl Condition {
    /// 412 when a resource's version does not satisfy the condition (RFC 7644 section 3.14).
    fn check(&self, stored: &StoredResource) -> Result<()> {
        let is_conditional = self.if_match_unsatisfiable || !self.if_match.is_empty();
        if (is_conditional && !self.if_match.contains(&stored.version)) || self.if_none_match.contains(&stored.version)
        {
            return Err(Error::new(
                ErrorKind::PreconditionFailed,
                format!(
                    "the resource has version {} now; read it again and repeat the change with that version",
                    stored.etag()
                ),
            ));
        }
        Ok(())
    }
}

impl ModifyOutcome {
    /// Of a change without budget.
    pub fn done(self, tenant: &Tenant) -> Result<ChangeResult> {
        match self {
            Self::Done(snapshot, modified) => Ok(ChangeResult { stored: tenant.complete(*snapshot), modified }),
            Self::TakesLong => Err(Error::new(ErrorKind::Internal, "the change was put off although it had no budget")),
        }
    }
}
