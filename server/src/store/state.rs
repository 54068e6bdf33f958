//! Everything a memory store holds, under its one lock: rows, the order of creation, indexes, membership.
//!
//! Row numbers are small and used again after a deletion; what must be recognised later is known by its place in the order
//! of creation, which is never used again.

use std::sync::Arc;

use jiff::Timestamp;
use scim::resource::{Fields, Item, Record as _};
use scim::schema::{AttributeId, Registry, ResourceTypeId, common};
use scim::{Error, ErrorKind, Result};
use uuid::Uuid;

use super::WantedRelations;
use super::draft::MemberChanges;
use super::identifiers::{self, IdSource};
use super::index::{Equality, IndexedAttributes, Key, RankedRows};
use super::membership::Membership;
use super::packed::PackedAttributes;
use super::perspective::Perspective;
use super::sets;
use super::stored::{Edge, StoredResource};

/// See the [module documentation](self).
#[derive(Clone, Debug)]
pub(super) struct TenantState {
    indexed: Arc<IndexedAttributes>,
    rows: Vec<Option<Row>>,
    free: Vec<u32>,
    /// The order of creation, by resource type.
    created: Vec<RankedRows>,
    ids: Equality,
    tables: Vec<Equality>,
    pub membership: Membership,
    next_place: u64,
    id_source: IdSource,
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The place in the order of creation, from 1.
    pub place: u64,
    pub stored: StoredResource,
}

/// A resource on its way out.
#[derive(Debug)]
pub(super) struct ResourceSnapshot {
    pub stored: StoredResource,
    /// Members that are still to be filled in, outside this lock.
    pub rest: Option<MembersLeft>,
}

/// Where to go on with the members of a group.
#[derive(Clone, Copy, Debug)]
pub(super) struct MembersLeft {
    group: u32,
    after: u32,
}

impl TenantState {
    pub fn new(registry: &Registry, indexed: Arc<IndexedAttributes>, id_source: IdSource) -> Self {
        Self {
            rows: Vec::new(),
            free: Vec::new(),
            created: registry.resource_types().map(|_| RankedRows::default()).collect(),
            ids: Equality::default(),
            tables: indexed.tables(),
            membership: Membership::default(),
            next_place: 1,
            indexed,
            id_source,
        }
    }

    /// Whether both have the same indexes, so that one can stand in for the other.
    pub fn is_like(&self, other: &Self) -> bool {
        self.indexed.is_like(&other.indexed)
    }

    /// Removes everything. Places and ids go on, so that old cursors and ids stay strange.
    pub fn clear(&mut self) {
        self.rows = Vec::new();
        self.free = Vec::new();
        self.created.iter_mut().for_each(|order| *order = RankedRows::default());
        self.ids = Equality::default();
        self.tables = self.indexed.tables();
        self.membership = Membership::default();
    }

    pub fn row(&self, row: u32) -> Option<&Row> {
        self.rows.get(row as usize)?.as_ref()
    }

    pub fn stored(&self, row: u32) -> Option<&StoredResource> {
        self.row(row).map(|row| &row.stored)
    }

    /// The place of a row, 0 when there is none.
    pub fn place(&self, row: u32) -> u64 {
        self.row(row).map_or(0, |row| row.place)
    }

    /// The resources of a type in the order of creation.
    pub fn created(&self, resource_type: ResourceTypeId) -> &RankedRows {
        &self.created[usize::from(resource_type.0)]
    }

    /// How many resources of a type were created up to `place`.
    pub fn rank_after(&self, resource_type: ResourceTypeId, place: u64) -> usize {
        self.created(resource_type).count_while(|row| self.place(row) <= place)
    }

    /// The row of a resource of any type.
    pub fn find_id(&self, id: Uuid) -> Option<u32> {
        let rows = self.ids.rows(self.indexed.hash_id(id));
        rows.into_iter().find(|&row| self.stored(row).is_some_and(|stored| stored.id == id))
    }

    /// The row of a resource, or 404.
    pub fn find(&self, registry: &Registry, resource_type: ResourceTypeId, id: Uuid) -> Result<(u32, &StoredResource)> {
        let row = self.find_id(id);
        let found = row.and_then(|row| Some((row, self.stored(row)?)));
        found.filter(|(_, stored)| stored.resource_type == resource_type).ok_or_else(|| {
            let name = &registry.resource_type(resource_type).document.name;
            Error::new(ErrorKind::NotFound, format!("there is no {name} with the id {id}"))
        })
    }

    /// The table of one index.
    pub fn table(&self, index: usize) -> &Equality {
        &self.tables[index]
    }

    /// A resource as a member of a group.
    pub fn member(&self, row: u32) -> Option<Edge> {
        self.stored(row).map(|stored| stored.edge(true))
    }

    /// A row as it is handed out. Of a group, at most `limit` members are filled in at once.
    pub fn snapshot(
        &self,
        number: u32,
        row: &Row,
        wanted: WantedRelations,
        perspective: Perspective<'_>,
        limit: usize,
    ) -> ResourceSnapshot {
        let mut stored = row.stored.clone();
        let layout = perspective.layout().of(stored.resource_type);
        let mut rest = None;
        if let Some(manager) = self.manager(&row.stored, perspective) {
            stored.set_manager(manager);
        }
        if wanted.members && layout.has_members {
            let members: Vec<u32> = self.membership.members(number, None).take(limit).collect();
            if members.len() < self.membership.count(number) {
                rest = members.last().map(|&last| MembersLeft { group: number, after: last });
            }
            stored.set_members(members.into_iter().filter_map(|member| self.member(member)).collect());
        }
        if wanted.groups && layout.has_groups {
            let groups = self.membership.groups(number);
            let edge = |(group, direct)| Some(self.stored(group)?.named_edge(direct, perspective));
            stored.set_groups(groups.into_iter().filter_map(edge).collect());
        }
        ResourceSnapshot { stored, rest }
    }

    /// The user whose id is the value of a user's `manager`.
    fn manager(&self, stored: &StoredResource, perspective: Perspective<'_>) -> Option<Edge> {
        let manager = perspective.layout().manager.filter(|manager| manager.users == stored.resource_type)?;
        let Item::Complex(value) = stored.attributes.record().get(manager.attribute)?.next()? else { return None };
        let Item::String(id) = value.get(manager.value)?.next()? else { return None };
        let found = self.stored(self.find_id(identifiers::parse(id)?)?)?;
        (found.resource_type == manager.users).then(|| found.named_edge(true, perspective))
    }

    /// The next members of a snapshot's group, up to `limit`; says where to go on.
    pub fn more_members(&self, id: Uuid, from: MembersLeft, limit: usize) -> (Vec<Edge>, Option<MembersLeft>) {
        let MembersLeft { group, after } = from;
        // The group may have been deleted since, and its row number given to another.
        if self.stored(group).is_none_or(|stored| stored.id != id) {
            return (Vec::new(), None);
        }
        let rows: Vec<u32> = self.membership.members(group, Some(after)).take(limit).collect();
        let left = rows.get(limit - 1).map(|&after| MembersLeft { group, after });
        (rows.into_iter().filter_map(|member| self.member(member)).collect(), left)
    }

    /// 409 when a key that must be unique belongs to another row than `own`.
    pub fn check_unique(&self, registry: &Registry, keys: &[Key], own: Option<u32>) -> Result<()> {
        for key in keys {
            let mut others = self.tables[key.index].rows(key.hash).filter(|&row| Some(row) != own);
            let taken =
                others.any(|row| self.stored(row).is_some_and(|other| self.indexed.conflicts(key, &other.attributes)));
            if taken {
                return Err(self.indexed.conflict(registry, key));
            }
        }
        Ok(())
    }

    /// Adds a resource whose keys have been checked, and returns its row.
    pub fn insert(
        &mut self,
        resource_type: ResourceTypeId,
        id: Option<Uuid>,
        now: Timestamp,
        attributes: PackedAttributes,
        keys: &[Key],
    ) -> Result<u32> {
        let id = id.unwrap_or_else(|| self.new_id(now));
        let number = match self.free.pop() {
            Some(row) => row,
            None => u32::try_from(self.rows.len()).ok().filter(|&row| row <= sets::LARGEST).ok_or_else(|| {
                Error::new(
                    ErrorKind::ServiceUnavailable,
                    "this tenant is full: it holds two thousand million resources",
                )
            })?,
        };
        let place = self.next_place;
        self.next_place += 1;
        let row = Some(Row { place, stored: StoredResource::new(resource_type, id, now, attributes) });
        match self.rows.get_mut(number as usize) {
            Some(slot) => *slot = row,
            None => self.rows.push(row),
        }
        let rows = &self.rows;
        self.created[usize::from(resource_type.0)].insert(number, |other| place_of(rows, other).cmp(&place));
        self.ids.insert(self.indexed.hash_id(id), number);
        for key in keys {
            self.tables[key.index].insert(key.hash, number);
        }
        Ok(number)
    }

    fn new_id(&mut self, now: Timestamp) -> Uuid {
        loop {
            let id = self.id_source.next(now);
            if self.find_id(id).is_none() {
                return id;
            }
        }
    }

    /// Puts new attributes in the place of old ones, counts the version and sets `lastModified`, which never goes back.
    pub fn update(&mut self, row: u32, now: Timestamp, attributes: PackedAttributes, gone: &[Key], new: &[Key]) {
        for key in gone {
            self.tables[key.index].remove(key.hash, row);
        }
        for key in new {
            self.tables[key.index].insert(key.hash, row);
        }
        if let Some(Some(Row { stored, .. })) = self.rows.get_mut(row as usize) {
            stored.attributes = attributes;
        }
        self.touch(row, now);
    }

    fn touch(&mut self, row: u32, now: Timestamp) {
        if let Some(Some(Row { stored, .. })) = self.rows.get_mut(row as usize) {
            stored.version += 1;
            stored.last_modified = stored.last_modified.max(now);
        }
    }

    /// Changes the members of a group.
    pub fn change_members(&mut self, group: u32, changes: &MemberChanges) {
        if changes.emptied {
            self.membership.empty(group);
        }
        for &member in &changes.removed {
            self.membership.remove(group, member);
        }
        for &member in &changes.added {
            self.membership.insert(group, member);
        }
    }

    /// Removes a resource, its memberships and its members. The groups it was in have changed by that.
    pub fn remove(&mut self, row: u32, now: Timestamp) {
        let Some(Row { place, stored }) = self.rows.get_mut(row as usize).and_then(Option::take) else { return };
        // The order is compared by places, so this row's must be known without the row.
        let rows = &self.rows;
        let place_of = |other: u32| if other == row { place } else { place_of(rows, other) };
        self.created[usize::from(stored.resource_type.0)].remove(|other| place_of(other).cmp(&place));
        self.ids.remove(self.indexed.hash_id(stored.id), row);
        for key in self.indexed.keys(&stored.attributes) {
            self.tables[key.index].remove(key.hash, row);
        }
        for group in self.membership.forget_member(row) {
            self.touch(group, now);
        }
        self.membership.empty(row);
        self.free.push(row);
    }
}

fn place_of(rows: &[Option<Row>], row: u32) -> u64 {
    rows.get(row as usize).and_then(Option::as_ref).map_or(0, |row| row.place)
}

/// Whether the store makes the values of an attribute itself, so that they are not kept with the others.
pub(super) fn is_composed(id: AttributeId, members: Option<AttributeId>, groups: Option<AttributeId>) -> bool {
    matches!(id, common::SCHEMAS | common::ID | common::META) || Some(id) == members || Some(id) == groups
}

/// The id that a resource to be loaded brings along.
pub(super) fn given_id(fields: &Fields) -> Result<Option<Uuid>> {
    fields
        .string(common::ID)
        .map(|text| {
            super::identifiers::parse(text).ok_or_else(|| {
                Error::new(ErrorKind::InvalidValue, format!("id {text:?} is not a UUID in the form with hyphens"))
            })
        })
        .transpose()
}
