//! The cursor over a resource as the store hands it out: what is kept packed, and what is composed when it is asked for.

use std::iter::once;

use scim::resource::{ComposedText, Item, Record, Visitor};
use scim::schema::{AttributeId, ResourceTypeId, common};

use super::identifiers;
use super::packed::{PackedFields, PackedItems, PackedRecord};
use super::perspective::{Perspective, RelationAttributes};
use super::stored::{Edge, StoredResource};

/// A cursor over a [`StoredResource`] or one of its complex values.
#[derive(Clone, Copy, Debug)]
pub struct StoredRecord<'a> {
    part: RecordPart<'a>,
    perspective: Perspective<'a>,
}

#[derive(Clone, Copy, Debug)]
enum RecordPart<'a> {
    Resource(&'a StoredResource),
    Meta(&'a StoredResource),
    Value(PackedRecord<'a>),
    /// The value of `manager`, with the user who has it.
    Manager(PackedRecord<'a>, &'a StoredResource),
    Member(&'a Edge),
    Group(&'a Edge),
}

/// The values of one attribute.
#[derive(Debug)]
pub struct StoredItems<'a>(Items<'a>);

#[derive(Debug)]
enum Items<'a> {
    One(Option<Item<'a, StoredRecord<'a>>>),
    Packed(PackedItems<'a>, Perspective<'a>),
    Manager(PackedItems<'a>, &'a StoredResource, Perspective<'a>),
    Members(std::slice::Iter<'a, Edge>, Perspective<'a>),
    Groups(std::slice::Iter<'a, Edge>, Perspective<'a>),
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
                Item::ComposedText(composed) => Item::ComposedText(composed),
                Item::Complex(record) => {
                    Item::Complex(StoredRecord { part: RecordPart::Value(record), perspective: *perspective })
                }
            }),
            Items::Manager(items, stored, perspective) => Some(match items.next()? {
                Item::Complex(record) => {
                    Item::Complex(StoredRecord { part: RecordPart::Manager(record, stored), perspective: *perspective })
                }
                // A complex attribute has complex values only; see `validate`.
                _ => return None,
            }),
            Items::Texts(texts) => Some(Item::String(texts.next()?)),
            Items::Members(edges, perspective) => {
                let edge = edges.next()?;
                Some(Item::Complex(StoredRecord { part: RecordPart::Member(edge), perspective: *perspective }))
            }
            Items::Groups(edges, perspective) => {
                let edge = edges.next()?;
                Some(Item::Complex(StoredRecord { part: RecordPart::Group(edge), perspective: *perspective }))
            }
        }
    }
}

impl<'a> Record<'a> for StoredRecord<'a> {
    type Items = StoredItems<'a>;

    fn get(self, id: AttributeId) -> Option<StoredItems<'a>> {
        match self.part {
            RecordPart::Resource(stored) => self.get_of_resource(stored, id),
            RecordPart::Meta(stored) => self.of_meta(stored, id).map(StoredItems::one),
            RecordPart::Value(record) => Some(StoredItems(Items::Packed(record.get(id)?, self.perspective))),
            RecordPart::Manager(record, stored) => match record.get(id) {
                Some(items) => Some(StoredItems(Items::Packed(items, self.perspective))),
                None => self.of_manager(record, stored, id),
            },
            RecordPart::Member(edge) => {
                let item = self.get_of_edge(self.perspective.layout().members?, edge, id, true)?;
                Some(StoredItems::one(item))
            }
            RecordPart::Group(edge) => {
                let item = self.get_of_edge(self.perspective.layout().groups?, edge, id, false)?;
                Some(StoredItems::one(item))
            }
        }
    }

    fn stated_schemas(self) -> Option<StoredItems<'a>> {
        None
    }

    fn visit(self, visitor: &mut impl Visitor<'a>) {
        match self.part {
            RecordPart::Resource(stored) => self.visit_resource(stored, visitor),
            RecordPart::Value(record) => record.visit(visitor),
            RecordPart::Meta(stored) => {
                for id in META {
                    if let Some(item) = self.of_meta(stored, id) {
                        visitor.field(id, once(item));
                    }
                }
            }
            RecordPart::Member(edge) => self.visit_edge(self.perspective.layout().members, edge, true, visitor),
            RecordPart::Group(edge) => self.visit_edge(self.perspective.layout().groups, edge, false, visitor),
            RecordPart::Manager(..) => {
                for (id, items) in self.fields() {
                    visitor.field(id, items);
                }
            }
        }
    }

    fn fields(self) -> impl Iterator<Item = (AttributeId, StoredItems<'a>)> {
        let (packed, composed) = match self.part {
            RecordPart::Resource(stored) => (Some(stored.attributes.record()), self.composed_of(stored)),
            RecordPart::Meta(_) => (None, META.map(Some)),
            RecordPart::Value(record) => (Some(record), [None; 5]),
            RecordPart::Manager(record, stored) => {
                let manager = self.perspective.layout().manager;
                let composed = |id: Option<AttributeId>| {
                    id.filter(|&id| record.get(id).is_none() && self.of_manager(record, stored, id).is_some())
                };
                let reference = composed(manager.map(|manager| manager.reference));
                let display = composed(manager.and_then(|manager| manager.display));
                (Some(record), [reference, display, None, None, None])
            }
            RecordPart::Member(_) => {
                (None, self.perspective.layout().members.map_or([None; 5], |relation| relation.all))
            }
            RecordPart::Group(_) => (None, self.perspective.layout().groups.map_or([None; 5], |relation| relation.all)),
        };
        StoredFields::new(self, packed, composed)
    }
}

/// The sub-attributes of `meta`, ascending.
const META: [AttributeId; 5] = [
    common::META_RESOURCE_TYPE,
    common::META_CREATED,
    common::META_LAST_MODIFIED,
    common::META_LOCATION,
    common::META_VERSION,
];

impl<'a> StoredRecord<'a> {
    pub(super) const fn new(stored: &'a StoredResource, perspective: Perspective<'a>) -> Self {
        Self { part: RecordPart::Resource(stored), perspective }
    }

    /// The attributes of a resource that the store composes, ascending, with gaps.
    fn composed_of(self, stored: &StoredResource) -> [Option<AttributeId>; 5] {
        let layout = self.perspective.layout();
        let of = |relation: Option<RelationAttributes>, edges: &[Edge]| {
            relation.filter(|_| !edges.is_empty()).map(|relation| relation.attribute)
        };
        let (members, groups) = (of(layout.members, stored.members()), of(layout.groups, stored.groups()));
        let (first, second) = if members < groups { (members, groups) } else { (groups, members) };
        [Some(common::ID), Some(common::META), first, second, None]
    }

    fn visit_resource(self, stored: &'a StoredResource, visitor: &mut impl Visitor<'a>) {
        let manager = self.perspective.layout().manager.map(|manager| manager.attribute);
        let mut composed = self.composed_of(stored).into_iter().flatten().peekable();
        let compose = |id: AttributeId, visitor: &mut _| {
            if let Some(items) = self.get_of_resource(stored, id) {
                Visitor::field(visitor, id, items);
            }
        };
        for (id, items) in stored.attributes.record().iter() {
            while let Some(before) = composed.next_if(|&composed| composed < id) {
                compose(before, &mut *visitor);
            }
            if Some(id) == manager {
                visitor.field(id, self.packed(stored, id, items));
            } else {
                visitor.field(id, items);
            }
        }
        composed.for_each(|id| compose(id, &mut *visitor));
    }

    fn visit_edge(
        self,
        relation: Option<RelationAttributes>,
        edge: &'a Edge,
        member: bool,
        visitor: &mut impl Visitor<'a>,
    ) {
        let Some(relation) = relation else { return };
        for id in relation.all.into_iter().flatten() {
            if let Some(item) = self.get_of_edge(relation, edge, id, member) {
                visitor.field(id, once(item));
            }
        }
    }

    /// The `$ref` of a manager whose client has sent the id alone (RFC 7643 section 4.3 recommends both), and the name of a
    /// manager who is a user of ours. An id that is none of ours leads nowhere and gets neither.
    fn of_manager(
        self,
        record: PackedRecord<'a>,
        stored: &'a StoredResource,
        id: AttributeId,
    ) -> Option<StoredItems<'a>> {
        let manager = self.perspective.layout().manager?;
        if manager.display == Some(id) {
            return Some(StoredItems::one(Item::String(stored.manager()?.display(self.perspective)?)));
        }
        if manager.reference != id {
            return None;
        }
        let Item::String(value) = record.get(manager.value)?.next()? else { return None };
        let location = self.perspective.location(manager.users, identifiers::parse(value)?);
        Some(StoredItems::one(Item::ComposedText(location)))
    }

    /// The values of one attribute of a resource as packed.
    fn packed(self, stored: &'a StoredResource, id: AttributeId, items: PackedItems<'a>) -> StoredItems<'a> {
        StoredItems(match self.perspective.layout().manager {
            Some(manager) if manager.attribute == id => Items::Manager(items, stored, self.perspective),
            _ => Items::Packed(items, self.perspective),
        })
    }

    fn get_of_resource(self, stored: &'a StoredResource, id: AttributeId) -> Option<StoredItems<'a>> {
        match id {
            common::ID => return Some(StoredItems::one(Item::ComposedText(ComposedText::Id(stored.id)))),
            common::SCHEMAS => return Some(StoredItems(Items::Texts(self.schemas(stored).into_iter()))),
            common::META => {
                let meta = Self { part: RecordPart::Meta(stored), perspective: self.perspective };
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
    fn schemas(self, stored: &'a StoredResource) -> Vec<&'a str> {
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

    fn of_meta(self, stored: &'a StoredResource, id: AttributeId) -> Option<Item<'a, Self>> {
        let perspective = self.perspective;
        Some(match id {
            common::META_RESOURCE_TYPE => Item::String(self.type_name(stored.resource_type)),
            common::META_CREATED => Item::Timestamp(stored.created),
            common::META_LAST_MODIFIED => Item::Timestamp(stored.last_modified),
            common::META_LOCATION => Item::ComposedText(perspective.location(stored.resource_type, stored.id)),
            common::META_VERSION => Item::ComposedText(ComposedText::Version(stored.version)),
            _ => return None,
        })
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
        if id == relation.value {
            return Some(Item::ComposedText(ComposedText::Id(edge.id)));
        }
        if id == relation.reference {
            return Some(Item::ComposedText(self.perspective.location(edge.resource_type, edge.id)));
        }
        Some(Item::String(if id == relation.kind {
            match (member, edge.direct) {
                (true, _) => self.type_name(edge.resource_type),
                (false, true) => "direct",
                (false, false) => "indirect",
            }
        } else if id == relation.display {
            edge.display(self.perspective)?
        } else {
            return None;
        }))
    }

    fn type_name(self, resource_type: ResourceTypeId) -> &'a str {
        &self.perspective.registry().resource_type(resource_type).document.name
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
                        RecordPart::Resource(stored) => self.record.packed(stored, id, items),
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
