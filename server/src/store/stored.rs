//! A resource as the store hands it out, and the cursor over it.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use scim::resource::{Item, Record};
use scim::schema::{AttributeId, ResourceTypeId, common};
use uuid::Uuid;

use super::identifiers;
use super::packed::{Packed, PackedFields, PackedItems, PackedRecord};
use super::perspective::{Perspective, RelationAttributes};

/// A snapshot of one resource. Cloning shares the attributes and relations.
#[derive(Clone, Debug)]
pub struct Stored {
    pub resource_type: ResourceTypeId,
    pub id: Uuid,
    pub created: Timestamp,
    pub last_modified: Timestamp,
    /// Counts the changes, from 1.
    pub version: u64,
    pub attributes: Packed,
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
    /// Whose name to show is taken from these.
    pub attributes: Packed,
}

impl Stored {
    pub(super) const fn new(resource_type: ResourceTypeId, id: Uuid, now: Timestamp, attributes: Packed) -> Self {
        Self { resource_type, id, created: now, last_modified: now, version: 1, attributes, relations: None }
    }

    /// The entity tag and `meta.version`: weak, because a resource can be written in more than one way.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("W/\"{}\"", self.version)
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

    fn manager(&self) -> Option<&Edge> {
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
    pub const fn record<'a>(&'a self, perspective: &'a Perspective) -> StoredRecord<'a> {
        StoredRecord { part: Part::Resource(self), perspective }
    }
}

/// A cursor over a [`Stored`] or one of its complex values.
#[derive(Clone, Copy, Debug)]
pub struct StoredRecord<'a> {
    part: Part<'a>,
    perspective: &'a Perspective,
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Resource(&'a Stored),
    Meta(&'a Stored),
    Value(PackedRecord<'a>),
    /// The value of `manager`, with the user who has it.
    Manager(PackedRecord<'a>, &'a Stored),
    Member(&'a Edge),
    Group(&'a Edge),
}

/// The values of one attribute.
#[derive(Debug)]
pub struct StoredItems<'a>(Items<'a>);

#[derive(Debug)]
enum Items<'a> {
    One(Option<Item<'a, StoredRecord<'a>>>),
    Packed(PackedItems<'a>, &'a Perspective),
    Manager(PackedItems<'a>, &'a Stored, &'a Perspective),
    Members(std::slice::Iter<'a, Edge>, &'a Perspective),
    Groups(std::slice::Iter<'a, Edge>, &'a Perspective),
    Texts(std::vec::IntoIter<&'a str>),
}

impl<'a> StoredItems<'a> {
    const fn one(item: Item<'a, StoredRecord<'a>>) -> Self {
        Self(Items::One(Some(item)))
    }
}

impl<'a> Iterator for StoredItems<'a> {
    type Item = Item<'a, StoredRecord<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Items::One(item) => item.take(),
            Items::Packed(items, perspective) => Some(match items.next()? {
                Item::String(text) => Item::String(text),
                Item::Boolean(value) => Item::Boolean(value),
                Item::Integer(value) => Item::Integer(value),
                Item::Decimal(value) => Item::Decimal(value),
                Item::Timestamp(at) => Item::Timestamp(at),
                Item::Complex(record) => Item::Complex(StoredRecord { part: Part::Value(record), perspective }),
            }),
            Items::Manager(items, stored, perspective) => Some(match items.next()? {
                Item::Complex(record) => {
                    Item::Complex(StoredRecord { part: Part::Manager(record, stored), perspective })
                }
                // A complex attribute has complex values only; see `validate`.
                _ => return None,
            }),
            Items::Texts(texts) => Some(Item::String(Cow::Borrowed(texts.next()?))),
            Items::Members(edges, perspective) => {
                edges.next().map(|edge| Item::Complex(StoredRecord { part: Part::Member(edge), perspective }))
            }
            Items::Groups(edges, perspective) => {
                edges.next().map(|edge| Item::Complex(StoredRecord { part: Part::Group(edge), perspective }))
            }
        }
    }
}

impl<'a> Record<'a> for StoredRecord<'a> {
    type Items = StoredItems<'a>;

    fn get(self, id: AttributeId) -> Option<StoredItems<'a>> {
        match self.part {
            Part::Resource(stored) => self.get_of_resource(stored, id),
            Part::Meta(stored) => self.get_of_meta(stored, id),
            Part::Value(record) => Some(StoredItems(Items::Packed(record.get(id)?, self.perspective))),
            Part::Manager(record, stored) => match record.get(id) {
                Some(items) => Some(StoredItems(Items::Packed(items, self.perspective))),
                None => self.of_manager(record, stored, id),
            },
            Part::Member(edge) => {
                let item = self.get_of_edge(self.perspective.layout().members?, edge, id, true)?;
                Some(StoredItems::one(item))
            }
            Part::Group(edge) => {
                let item = self.get_of_edge(self.perspective.layout().groups?, edge, id, false)?;
                Some(StoredItems::one(item))
            }
        }
    }

    fn stated_schemas(self) -> Option<StoredItems<'a>> {
        None
    }

    fn fields(self) -> impl Iterator<Item = (AttributeId, StoredItems<'a>)> {
        let (packed, composed) = match self.part {
            Part::Resource(stored) => {
                let layout = self.perspective.layout();
                let ids = [
                    Some(common::ID),
                    Some(common::META),
                    layout.members.filter(|_| !stored.members().is_empty()).map(|relation| relation.attribute),
                    layout.groups.filter(|_| !stored.groups().is_empty()).map(|relation| relation.attribute),
                    None,
                ];
                (Some(stored.attributes.record()), ids)
            }
            Part::Meta(_) => (
                None,
                [
                    Some(common::META_RESOURCE_TYPE),
                    Some(common::META_CREATED),
                    Some(common::META_LAST_MODIFIED),
                    Some(common::META_LOCATION),
                    Some(common::META_VERSION),
                ],
            ),
            Part::Value(record) => (Some(record), [None; 5]),
            Part::Manager(record, stored) => {
                let manager = self.perspective.layout().manager;
                let composed = |id: Option<AttributeId>| {
                    id.filter(|&id| record.get(id).is_none() && self.of_manager(record, stored, id).is_some())
                };
                let reference = composed(manager.map(|manager| manager.reference));
                let display = composed(manager.and_then(|manager| manager.display));
                (Some(record), [reference, display, None, None, None])
            }
            Part::Member(_) => (None, self.perspective.layout().members.map_or([None; 5], sub_attributes)),
            Part::Group(_) => (None, self.perspective.layout().groups.map_or([None; 5], sub_attributes)),
        };
        StoredFields::new(self, packed, composed)
    }
}

const fn sub_attributes(relation: RelationAttributes) -> [Option<AttributeId>; 5] {
    [relation.value, relation.reference, relation.kind, relation.display, None]
}

impl<'a> StoredRecord<'a> {
    /// The `$ref` of a manager whose client has sent the id alone (RFC 7643 section 4.3 recommends both), and the name of a
    /// manager who is a user of ours. An id that is none of ours leads nowhere and gets neither.
    fn of_manager(self, record: PackedRecord<'a>, stored: &'a Stored, id: AttributeId) -> Option<StoredItems<'a>> {
        let manager = self.perspective.layout().manager?;
        if manager.display == Some(id) {
            return Some(StoredItems::one(Item::String(stored.manager()?.display(self.perspective)?)));
        }
        if manager.reference != id {
            return None;
        }
        let Item::String(value) = record.get(manager.value)?.next()? else { return None };
        let location = self.perspective.location(manager.users, identifiers::parse(&value)?);
        Some(StoredItems::one(Item::String(Cow::Owned(location))))
    }

    /// The values of one attribute of a resource as packed.
    fn packed(self, stored: &'a Stored, id: AttributeId, items: PackedItems<'a>) -> StoredItems<'a> {
        StoredItems(match self.perspective.layout().manager {
            Some(manager) if manager.attribute == id => Items::Manager(items, stored, self.perspective),
            _ => Items::Packed(items, self.perspective),
        })
    }

    fn get_of_resource(self, stored: &'a Stored, id: AttributeId) -> Option<StoredItems<'a>> {
        match id {
            common::ID => return Some(StoredItems::one(Item::String(Cow::Owned(stored.id.to_string())))),
            common::SCHEMAS => return Some(StoredItems(Items::Texts(self.schemas(stored).into_iter()))),
            common::META => {
                let meta = Self { part: Part::Meta(stored), perspective: self.perspective };
                return Some(StoredItems::one(Item::Complex(meta)));
            }
            _ => {}
        }
        let layout = self.perspective.layout();
        let is = |relation: Option<RelationAttributes>| relation.is_some_and(|relation| relation.attribute == id);
        if is(layout.members) {
            let edges = stored.members();
            return (!edges.is_empty()).then(|| StoredItems(Items::Members(edges.iter(), self.perspective)));
        }
        if is(layout.groups) {
            let edges = stored.groups();
            return (!edges.is_empty()).then(|| StoredItems(Items::Groups(edges.iter(), self.perspective)));
        }
        Some(self.packed(stored, id, stored.attributes.record().get(id)?))
    }

    /// The base schema and each extension of which something is assigned (RFC 7643 section 3), for filters.
    fn schemas(self, stored: &'a Stored) -> Vec<&'a str> {
        let registry = self.perspective.registry();
        let mut schemas = vec![registry.resource_type(stored.resource_type).schema];
        for (id, _) in stored.attributes.record().iter() {
            let schema = registry.definition(id).schema;
            if schema != common::SCHEMA && !schemas.contains(&schema) {
                schemas.push(schema);
            }
        }
        schemas.into_iter().map(|schema| registry.schema(schema).document.id.as_str()).collect()
    }

    fn get_of_meta(self, stored: &'a Stored, id: AttributeId) -> Option<StoredItems<'a>> {
        let perspective = self.perspective;
        Some(StoredItems::one(match id {
            common::META_RESOURCE_TYPE => Item::String(self.type_name(stored.resource_type)),
            common::META_CREATED => Item::Timestamp(stored.created),
            common::META_LAST_MODIFIED => Item::Timestamp(stored.last_modified),
            common::META_LOCATION => Item::String(Cow::Owned(perspective.location(stored.resource_type, stored.id))),
            common::META_VERSION => Item::String(Cow::Owned(stored.etag())),
            _ => return None,
        }))
    }

    /// `type` is the resource type of a member, and says of a group how the user belongs to it.
    fn get_of_edge(
        self,
        relation: RelationAttributes,
        edge: &'a Edge,
        id: AttributeId,
        member: bool,
    ) -> Option<Item<'a, Self>> {
        let id = Some(id);
        Some(Item::String(if id == relation.value {
            Cow::Owned(edge.id.to_string())
        } else if id == relation.reference {
            Cow::Owned(self.perspective.location(edge.resource_type, edge.id))
        } else if id == relation.kind {
            match (member, edge.direct) {
                (true, _) => self.type_name(edge.resource_type),
                (false, true) => "direct".into(),
                (false, false) => "indirect".into(),
            }
        } else if id == relation.display {
            edge.display(self.perspective)?
        } else {
            return None;
        }))
    }

    fn type_name(self, resource_type: ResourceTypeId) -> Cow<'a, str> {
        self.perspective.registry().resource_type(resource_type).document.name.as_str().into()
    }
}

impl Edge {
    /// The name to show: `displayName` where there is one, else `userName`.
    #[must_use]
    pub fn display<'a>(&'a self, perspective: &'a Perspective) -> Option<Cow<'a, str>> {
        let candidates = &perspective.layout().of(self.resource_type).display;
        candidates.iter().find_map(|&id| match self.attributes.record().get(id)?.next()? {
            Item::String(text) => Some(text),
            _ => None,
        })
    }
}

/// Merges packed and composed attributes in ascending order of id.
struct StoredFields<'a> {
    record: StoredRecord<'a>,
    packed: Option<std::iter::Peekable<PackedFields<'a>>>,
    /// Ascending, what is not there last.
    composed: [Option<AttributeId>; 5],
    at: usize,
}

impl<'a> StoredFields<'a> {
    fn new(record: StoredRecord<'a>, packed: Option<PackedRecord<'a>>, mut composed: [Option<AttributeId>; 5]) -> Self {
        composed.sort_unstable_by_key(|id| id.map_or(u16::MAX, |id| id.0));
        Self { record, packed: packed.map(|packed| packed.iter().peekable()), composed, at: 0 }
    }
}

impl<'a> Iterator for StoredFields<'a> {
    type Item = (AttributeId, StoredItems<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let packed = self.packed.as_mut().and_then(|fields| fields.peek().map(|&(id, _)| id));
            let composed = self.composed.get(self.at).copied().flatten();
            match (packed, composed) {
                (Some(packed), Some(composed)) if composed < packed => {}
                (Some(_), _) => {
                    let (id, items) = self.packed.as_mut()?.next()?;
                    let items = match self.record.part {
                        Part::Resource(stored) => self.record.packed(stored, id, items),
                        _ => StoredItems(Items::Packed(items, self.record.perspective)),
                    };
                    return Some((id, items));
                }
                (None, None) => return None,
                (None, Some(_)) => {}
            }
            self.at += 1;
            // A member may be without a name to show.
            if let Some(id) = composed
                && let Some(items) = self.record.get(id)
            {
                return Some((id, items));
            }
        }
    }
}

#[cfg(test)]
mod tests;
