//! A resource as the store hands it out, and the ends of its memberships.

use std::sync::Arc;

use jiff::Timestamp;
use scim::resource::{ComposedText, Item, Record as _};
use scim::schema::ResourceTypeId;
use uuid::Uuid;

use super::packed::PackedAttributes;
use super::perspective::Perspective;
use super::record::StoredRecord;

/// A snapshot of one resource. Cloning shares the attributes and relations.
#[derive(Clone, Debug)]
pub struct StoredResource {
    pub resource_type: ResourceTypeId,
    pub id: Uuid,
    pub created: Timestamp,
    pub last_modified: Timestamp,
    /// Counts the changes, from 1.
    pub version: u64,
    pub attributes: PackedAttributes,
    relations: Option<Arc<Relations>>,
}

#[derive(Clone, Debug, Default)]
struct Relations {
    members: Vec<Edge>,
    groups: Vec<Edge>,
    manager: Option<Edge>,
}

/// One end of a membership, seen from the other: a member of a group, or a group of a user.
#[derive(Clone, Debug)]
pub struct Edge {
    pub resource_type: ResourceTypeId,
    pub id: Uuid,
    /// False for a group that a user belongs to through another group.
    pub direct: bool,
    pub(super) name: DisplayName,
}

/// The name that one end of a membership shows.
#[derive(Clone, Debug)]
pub(super) enum DisplayName {
    /// To be taken from these, which are shared: for members, who are many.
    Of(PackedAttributes),
    /// As it is: for groups and managers, who are the same for many users. Sharing theirs would have all workers count
    /// references in one place.
    Is(Option<Box<str>>),
}

impl StoredResource {
    pub(super) const fn new(
        resource_type: ResourceTypeId,
        id: Uuid,
        now: Timestamp,
        attributes: PackedAttributes,
    ) -> Self {
        Self { resource_type, id, created: now, last_modified: now, version: 1, attributes, relations: None }
    }

    /// One end of a membership that shares the attributes.
    pub(super) fn edge(&self, direct: bool) -> Edge {
        let name = DisplayName::Of(self.attributes.clone());
        Edge { resource_type: self.resource_type, id: self.id, direct, name }
    }

    /// One end of a membership that has the name to show.
    pub(super) fn named_edge(&self, direct: bool, perspective: Perspective<'_>) -> Edge {
        let name = DisplayName::Is(name(&self.attributes, self.resource_type, perspective).map(Box::from));
        Edge { resource_type: self.resource_type, id: self.id, direct, name }
    }

    /// The entity tag and `meta.version`.
    #[must_use]
    pub fn etag(&self) -> String {
        ComposedText::Version(self.version).text()
    }

    /// The members of a group, when they were wanted.
    #[must_use]
    pub fn members(&self) -> &[Edge] {
        self.relations.as_deref().map_or(&[], |relations| &relations.members)
    }

    /// The groups of a user, when they were wanted.
    #[must_use]
    pub fn groups(&self) -> &[Edge] {
        self.relations.as_deref().map_or(&[], |relations| &relations.groups)
    }

    /// The user whose id is the value of `manager`, where there is one.
    pub(super) fn set_manager(&mut self, manager: Edge) {
        Arc::make_mut(self.relations.get_or_insert_default()).manager = Some(manager);
    }

    pub(super) fn manager(&self) -> Option<&Edge> {
        self.relations.as_deref().and_then(|relations| relations.manager.as_ref())
    }

    /// Shows other members than the stored ones.
    pub fn set_members(&mut self, members: Vec<Edge>) {
        Arc::make_mut(self.relations.get_or_insert_default()).members = members;
    }

    /// Shows other groups than the stored ones.
    pub fn set_groups(&mut self, groups: Vec<Edge>) {
        Arc::make_mut(self.relations.get_or_insert_default()).groups = groups;
    }

    /// The whole resource through a cursor: what is stored, `id`, `meta`, and the relations that were wanted. `schemas` is the
    /// writer's to compute.
    #[must_use]
    pub const fn record<'a>(&'a self, perspective: Perspective<'a>) -> StoredRecord<'a> {
        StoredRecord::new(self, perspective)
    }
}

impl Edge {
    /// The name to show: `displayName` where there is one, else `userName`.
    #[must_use]
    pub fn display<'a>(&'a self, perspective: Perspective<'_>) -> Option<&'a str> {
        match &self.name {
            DisplayName::Of(attributes) => name(attributes, self.resource_type, perspective),
            DisplayName::Is(name) => name.as_deref(),
        }
    }
}

fn name<'a>(
    attributes: &'a PackedAttributes,
    resource_type: ResourceTypeId,
    perspective: Perspective<'_>,
) -> Option<&'a str> {
    let candidates = &perspective.layout().of(resource_type).display;
    candidates.iter().find_map(|&id| match attributes.record().get(id)?.next()? {
        Item::String(text) => Some(text),
        _ => None,
    })
}
