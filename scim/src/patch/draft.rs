//! What PATCH and PUT change: a resource in the making.
//!
//! Ordinary attributes are a tree. The members of a group are a relation behind a trait, so that adding one member to a
//! million touches one member. A draft is private to its change: when the change fails it is thrown away, which is what makes
//! PATCH atomic (RFC 7644 section 3.5.2).

use crate::Result;
use crate::resource::Fields;
use crate::schema::AttributeId;

/// A resource in the making.
pub trait Draft {
    /// The attributes that are not a relation.
    fn fields(&self) -> &Fields;

    /// As [`Self::fields`], to change.
    fn fields_mut(&mut self) -> &mut Fields;

    /// The relation behind `attribute`, or `None` for an ordinary attribute.
    fn relation(&mut self, attribute: AttributeId) -> Option<&mut dyn Relation>;
}

/// The values of a multi-valued complex attribute that are kept apart, each known by its `value` sub-attribute.
pub trait Relation {
    /// Whether there is a value with this key.
    fn contains(&self, key: &str) -> bool;

    /// Adds a value unless its key is there; says whether anything changed.
    ///
    /// # Errors
    /// A value without key, or one that may not be a member.
    fn insert(&mut self, value: &Fields) -> Result<bool>;

    /// Removes the value with this key; says whether there was one.
    fn remove(&mut self, key: &str) -> bool;

    /// Removes every value; says whether there was any.
    fn clear(&mut self) -> bool;

    /// Shows every value, for filters that are not a test of the key.
    fn for_each(&self, visit: &mut dyn FnMut(&Fields));
}

/// A draft that is a tree and nothing else: no attribute is a relation. The model that the store's drafts are tested against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TreeDraft(pub Fields);

impl Draft for TreeDraft {
    fn fields(&self) -> &Fields {
        &self.0
    }

    fn fields_mut(&mut self) -> &mut Fields {
        &mut self.0
    }

    fn relation(&mut self, _attribute: AttributeId) -> Option<&mut dyn Relation> {
        None
    }
}
