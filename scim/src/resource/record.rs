//! The cursor trait: how filters, projection and the JSON writer read a resource, whatever form it is kept in.

use std::borrow::Cow;

use crate::schema::AttributeId;

/// One value as read through a cursor.
#[derive(Clone, Debug)]
pub enum Item<'a, R> {
    /// Strings, and `dateTime`, `binary` and `reference` values as the client wrote them.
    String(Cow<'a, str>),
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    /// A `dateTime` that the endpoint made itself (`meta.created`, `meta.lastModified`).
    Timestamp(jiff::Timestamp),
    Complex(R),
}

/// A readable set of attributes: a resource, or one complex value. Only assigned attributes are visible.
pub trait Record<'a>: Copy {
    /// The values of one attribute: exactly one for a singular attribute, at least one for a multi-valued one.
    type Items: Iterator<Item = Item<'a, Self>>;

    /// The values of `id`; `None` when unassigned.
    fn get(self, id: AttributeId) -> Option<Self::Items>;

    /// What `schemas` says in so many words; `None` where the writer lists the schemas of what it writes.
    fn stated_schemas(self) -> Option<Self::Items> {
        self.get(crate::schema::common::SCHEMAS)
    }

    /// The assigned attributes in ascending order of id.
    fn fields(self) -> impl Iterator<Item = (AttributeId, Self::Items)>;
}
