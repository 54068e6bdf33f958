//! The cursor trait: how filters, projection and the JSON writer read a resource, whatever form it is kept in.

use std::borrow::Cow;

use uuid::Uuid;

use crate::schema::AttributeId;

/// One value as read through a cursor. Nothing in it is owned, so that reading allocates nothing.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a, R> {
    /// Strings, and `dateTime`, `binary` and `reference` values as the client wrote them.
    String(&'a str),
    Boolean(bool),
    Integer(i64),
    Decimal(f64),
    /// A `dateTime` that the endpoint made itself (`meta.created`, `meta.lastModified`).
    Timestamp(jiff::Timestamp),
    /// A text that the endpoint made itself.
    ComposedText(ComposedText<'a>),
    Complex(R),
}

impl<'a, R> Item<'a, R> {
    /// The text of a string value, stored or composed; `None` for any other.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::String(text) => Some(Cow::Borrowed(text)),
            Self::ComposedText(composed) => Some(Cow::Owned(composed.text())),
            _ => None,
        }
    }
}

/// A text that is made when it is asked for and never stored (RFC 7643 section 3.1): in pieces, which the JSON writer writes
/// one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposedText<'a> {
    /// `id`
    Id(Uuid),
    /// `meta.location` and `$ref`: the base URL without trailing slash, the endpoint with its leading one, the id.
    Location { base_url: &'a str, endpoint: &'a str, id: Uuid },
    /// `meta.version`, the entity tag: weak, because a resource can be written in more than one way.
    Version(u64),
}

impl ComposedText<'_> {
    /// The whole text.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Id(id) => written(id, &mut Uuid::encode_buffer()).to_owned(),
            Self::Location { base_url, endpoint, id } => {
                [base_url, endpoint, "/", written(id, &mut Uuid::encode_buffer())].concat()
            }
            Self::Version(version) => format!("W/\"{version}\""),
        }
    }
}

/// The one form in which ids are written: in lower case, with hyphens.
pub(super) fn written<'b>(id: &Uuid, buffer: &'b mut [u8; 45]) -> &'b str {
    id.as_hyphenated().encode_lower(buffer)
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

    /// Shows the assigned attributes in ascending order of id, each in the form in which it is kept: what is made of several
    /// forms need not bring them to one.
    fn visit(self, visitor: &mut impl Visitor<'a>) {
        for (id, items) in self.fields() {
            visitor.field(id, items);
        }
    }
}

/// What is shown the attributes of a [`Record`].
pub trait Visitor<'a> {
    /// One attribute with its values.
    fn field<R: Record<'a>>(&mut self, id: AttributeId, items: impl Iterator<Item = Item<'a, R>>);
}
