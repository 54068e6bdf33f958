//! The tree form of a resource, in which absent, null and set are three different things.

use crate::schema::AttributeId;

use super::{Item, Record};

/// One value of an attribute.
///
/// `dateTime`, `binary` and `reference` values are strings here, in the form the client wrote; their syntax was checked when
/// they were read ([`super::format`]), and comparison parses what it needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    String(Box<str>),
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    /// The sub-attributes of a complex value.
    Complex(Fields),
}

impl Value {
    /// A complex value without assigned sub-attributes (RFC 7643 section 2.5); other values are always assigned.
    #[must_use]
    pub fn is_unassigned(&self) -> bool {
        matches!(self, Self::Complex(fields) if fields.is_unassigned())
    }
}

/// What a request says about an attribute that it names. An attribute that it does not name has no slot.
#[derive(Clone, Debug, PartialEq)]
pub enum Slot {
    /// JSON `null`: unassign (RFC 7643 section 2.5).
    Null,
    One(Value),
    /// The values of a multi-valued attribute; an empty list is equal to `Null` by RFC 7643 section 2.5.
    Many(Vec<Value>),
}

impl Slot {
    /// The values, none for null.
    #[must_use]
    pub fn values(&self) -> &[Value] {
        match self {
            Self::Null => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// Null, an empty list, or a complex value without assigned sub-attributes (RFC 7643 section 2.5).
    #[must_use]
    pub fn is_unassigned(&self) -> bool {
        self.values().iter().all(Value::is_unassigned)
    }
}

/// The attributes of a resource, or the sub-attributes of a complex value, in ascending order of id.
///
/// A resource's extension attributes stand beside its core attributes: the id alone tells the schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields(Vec<(AttributeId, Slot)>);

impl Fields {
    /// No attributes.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    fn position(&self, id: AttributeId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&id, |&(id, _)| id)
    }

    /// What is said about `id`; `None` when absent.
    #[must_use]
    pub fn slot(&self, id: AttributeId) -> Option<&Slot> {
        self.position(id).ok().map(|at| &self.0[at].1)
    }

    /// As [`Self::slot`], to change in place.
    pub fn slot_mut(&mut self, id: AttributeId) -> Option<&mut Slot> {
        self.position(id).ok().map(|at| &mut self.0[at].1)
    }

    /// The values of `id`, none when absent or null.
    #[must_use]
    pub fn values(&self, id: AttributeId) -> &[Value] {
        self.slot(id).map_or(&[], Slot::values)
    }

    /// The string of a singular string attribute.
    #[must_use]
    pub fn string(&self, id: AttributeId) -> Option<&str> {
        match self.values(id) {
            [Value::String(text)] => Some(text),
            _ => None,
        }
    }

    /// Puts `slot` at `id`, replacing what was there.
    pub fn set(&mut self, id: AttributeId, slot: Slot) {
        match self.position(id) {
            Ok(at) => self.0[at].1 = slot,
            Err(at) => self.0.insert(at, (id, slot)),
        }
    }

    /// Makes `id` absent and returns what was there.
    pub fn remove(&mut self, id: AttributeId) -> Option<Slot> {
        self.position(id).ok().map(|at| self.0.remove(at).1)
    }

    /// Every slot in ascending order of id, nulls included.
    pub fn iter(&self) -> impl Iterator<Item = (AttributeId, &Slot)> {
        self.0.iter().map(|(id, slot)| (*id, slot))
    }

    /// Keeps the slots for which `keep` says true.
    pub fn retain(&mut self, mut keep: impl FnMut(AttributeId, &mut Slot) -> bool) {
        self.0.retain_mut(|(id, slot)| keep(*id, slot));
    }

    /// No slot at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// No slot that holds a value.
    #[must_use]
    pub fn is_unassigned(&self) -> bool {
        self.0.iter().all(|(_, slot)| slot.is_unassigned())
    }
}

impl FromIterator<(AttributeId, Slot)> for Fields {
    fn from_iter<I: IntoIterator<Item = (AttributeId, Slot)>>(iter: I) -> Self {
        let mut fields = Self::new();
        for (id, slot) in iter {
            fields.set(id, slot);
        }
        fields
    }
}

impl<'a> Record<'a> for &'a Fields {
    type Items = TreeItems<'a>;

    fn get(self, id: AttributeId) -> Option<TreeItems<'a>> {
        self.slot(id).filter(|slot| !slot.is_unassigned()).map(|slot| TreeItems(slot.values().iter()))
    }

    fn fields(self) -> impl Iterator<Item = (AttributeId, TreeItems<'a>)> {
        self.0.iter().filter(|(_, slot)| !slot.is_unassigned()).map(|(id, slot)| (*id, TreeItems(slot.values().iter())))
    }
}

/// The values of one attribute of a tree.
#[derive(Clone)]
pub struct TreeItems<'a>(std::slice::Iter<'a, Value>);

impl<'a> Iterator for TreeItems<'a> {
    type Item = Item<'a, &'a Fields>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.0.next()? {
            Value::String(text) => Item::String(text),
            Value::Boolean(value) => Item::Boolean(*value),
            Value::Integer(value) => Item::Integer(*value),
            Value::Decimal(value) => Item::Decimal(*value),
            Value::Complex(fields) => Item::Complex(fields),
        })
    }
}
