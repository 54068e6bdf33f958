//! A resource in the making, over the store: the attributes as a tree, and the members of a group as an overlay on the
//! membership relation, so that a change to one member costs the same in a group of ten and of a million.

use std::cell::Cell;
use std::collections::BTreeSet;

use scim::noun::with_article;
use scim::patch::{Draft, Relation};
use scim::resource::{Fields, Slot, Value};
use scim::schema::AttributeId;
use scim::{Error, ErrorKind, Result};

use super::identifiers;
use super::perspective::{Perspective, RelationAttributes};
use super::state::TenantState;

/// The draft of one resource.
pub(super) struct StoreDraft<'a> {
    fields: Fields,
    members: Option<MembersDraft<'a>>,
}

impl<'a> StoreDraft<'a> {
    pub fn new(fields: Fields, members: Option<MembersDraft<'a>>) -> Self {
        Self { fields, members }
    }

    pub fn into_parts(self) -> (Fields, Option<MembersDraft<'a>>) {
        (self.fields, self.members)
    }
}

impl Draft for StoreDraft<'_> {
    fn fields(&self) -> &Fields {
        &self.fields
    }

    fn fields_mut(&mut self) -> &mut Fields {
        &mut self.fields
    }

    fn relation(&mut self, attribute: AttributeId) -> Option<&mut dyn Relation> {
        let members = self.members.as_mut()?;
        (members.attributes.attribute == attribute).then_some(members as &mut dyn Relation)
    }
}

/// What a draft does to the members of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct MemberChanges {
    /// Every member goes before those in `added` come.
    pub emptied: bool,
    pub added: BTreeSet<u32>,
    pub removed: BTreeSet<u32>,
}

/// The members of a group in the making.
pub(super) struct MembersDraft<'a> {
    state: &'a TenantState,
    perspective: Perspective<'a>,
    attributes: RelationAttributes,
    /// `None` for a group that is being created.
    group: Option<u32>,
    changes: MemberChanges,
    /// How many members may be shown or added before the work counts as long.
    budget: Option<usize>,
    exhausted: Cell<bool>,
}

impl<'a> MembersDraft<'a> {
    /// Without `budget`, the draft does whatever it is asked. When a budget is [exhausted](Self::is_exhausted), the draft
    /// answers anything quickly and what came out of it is of no use.
    pub fn new(
        state: &'a TenantState,
        perspective: Perspective<'a>,
        attributes: RelationAttributes,
        group: Option<u32>,
        budget: Option<usize>,
    ) -> Self {
        let (changes, exhausted) = (MemberChanges::default(), Cell::new(false));
        Self { state, perspective, attributes, group, changes, budget, exhausted }
    }

    pub fn is_exhausted(&self) -> bool {
        self.exhausted.get()
    }

    fn charge(&self, members: usize) -> bool {
        if self.budget.is_some_and(|budget| members > budget) {
            self.exhausted.set(true);
        }
        !self.exhausted.get()
    }

    /// The change, or `None` when the members are in the end what they were.
    pub fn into_changes(self) -> Option<MemberChanges> {
        let MemberChanges { emptied, added, removed } = &self.changes;
        let changed = if *emptied {
            let kept = added.iter().filter(|&&member| self.is_stored(member)).count();
            kept != self.stored_count() || kept != added.len()
        } else {
            !added.is_empty() || !removed.is_empty()
        };
        changed.then_some(self.changes)
    }

    fn stored_count(&self) -> usize {
        self.group.map_or(0, |group| self.state.membership.count(group))
    }

    fn is_stored(&self, member: u32) -> bool {
        self.group.is_some_and(|group| self.state.membership.contains(group, member))
    }

    fn has(&self, member: u32) -> bool {
        let MemberChanges { emptied, added, removed } = &self.changes;
        added.contains(&member) || (!emptied && !removed.contains(&member) && self.is_stored(member))
    }

    fn find(&self, key: &str) -> Option<u32> {
        let row = self.state.find_id(identifiers::parse(key)?)?;
        let stored = self.state.stored(row)?;
        self.perspective.layout().of(stored.resource_type).may_be_member.then_some(row)
    }

    /// The row that `value` names. Its `$ref` and `display` are the server's to make and are not looked at.
    fn check(&self, value: &Fields) -> Result<u32> {
        let invalid = |problem: String| Err(Error::new(ErrorKind::InvalidValue, problem));
        let Some(key) = self.attributes.value.and_then(|id| value.string(id)) else {
            return invalid("members: a member needs a value, the id of a user or group".into());
        };
        let Some(row) = self.find(key) else {
            return invalid(format!("members: there is no user or group with the id {key:?}"));
        };
        if let Some(kind) = self.attributes.kind.and_then(|id| value.string(id)) {
            let name = self.type_name(row);
            if !kind.eq_ignore_ascii_case(name) {
                return invalid(format!(
                    "members: {key:?} is {}, not a {kind:?}; correct the type or leave it out",
                    with_article(name)
                ));
            }
        }
        if self.group.is_some_and(|group| self.state.membership.would_make_cycle(group, row)) {
            return invalid(format!(
                "members: with {key:?} the group would be a member of itself, directly or through other groups"
            ));
        }
        Ok(row)
    }

    fn type_name(&self, row: u32) -> &str {
        let registry = self.perspective.registry();
        self.state.stored(row).map_or("", |stored| &registry.resource_type(stored.resource_type).document.name)
    }

    /// As [`super::StoredRecord`] shows a member, but without `$ref`, which no draft can know the base URL of.
    fn show(&self, row: u32) -> Fields {
        let Some(edge) = self.state.member(row) else { return Fields::new() };
        let text = |text: &str| Slot::One(Value::String(text.into()));
        let slots = [
            self.attributes.value.map(|id| (id, text(&edge.id.to_string()))),
            self.attributes.kind.map(|id| (id, text(self.type_name(row)))),
            self.attributes.display.and_then(|id| Some((id, text(edge.display(self.perspective)?)))),
        ];
        slots.into_iter().flatten().collect()
    }
}

impl Relation for MembersDraft<'_> {
    fn contains(&self, key: &str) -> bool {
        self.find(key).is_some_and(|member| self.has(member))
    }

    fn insert(&mut self, value: &Fields) -> Result<bool> {
        if !self.charge(self.changes.added.len()) {
            return Ok(false);
        }
        let member = self.check(value)?;
        if self.has(member) {
            return Ok(false);
        }
        if !self.changes.removed.remove(&member) {
            self.changes.added.insert(member);
        }
        Ok(true)
    }

    fn remove(&mut self, key: &str) -> bool {
        let Some(member) = self.find(key).filter(|&member| self.has(member)) else { return false };
        if !self.changes.added.remove(&member) {
            self.changes.removed.insert(member);
        }
        true
    }

    fn clear(&mut self) -> bool {
        let MemberChanges { emptied, added, removed } = &self.changes;
        let any = !added.is_empty() || (!emptied && self.stored_count() > removed.len());
        self.changes = MemberChanges { emptied: true, ..MemberChanges::default() };
        any
    }

    fn for_each(&self, visit: &mut dyn FnMut(&Fields)) {
        let MemberChanges { emptied, added, removed } = &self.changes;
        let stored = self.group.filter(|_| !emptied);
        if !self.charge(added.len() + stored.map_or(0, |group| self.state.membership.count(group))) {
            return;
        }
        let stored = stored.into_iter().flat_map(|group| self.state.membership.members(group, None));
        for member in stored.filter(|member| !removed.contains(member)).chain(added.iter().copied()) {
            visit(&self.show(member));
        }
    }
}

#[cfg(test)]
mod tests;
