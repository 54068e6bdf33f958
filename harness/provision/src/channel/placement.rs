//! Where an entry stands to a channel: within it as a person or a group, or outside it and why.

use std::fmt;

use super::{Channel, Surroundings};
use crate::entry::filter::Truth;
use crate::entry::{Entry, EntryFilter, Role};

/// Where an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    Within(Role),
    Outside(Exclusion),
}

impl Placement {
    /// The role of an entry whose attributes the filter was asked about, whether it took the entry or not.
    pub(crate) const fn filtered(self) -> Option<Role> {
        match self {
            Self::Within(role) => Some(role),
            Self::Outside(Exclusion::UserFilter) => Some(Role::User),
            Self::Outside(Exclusion::GroupFilter) => Some(Role::Group),
            Self::Outside(_) => None,
        }
    }
}

/// Why an entry is outside the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exclusion {
    /// It is of none of the classes of people and groups.
    Class,
    /// It is of a class that counts as no person, as a computer is.
    ExcludedClass,
    /// The directory keeps it as deleted.
    Deleted,
    UserBase,
    UserGroupDn,
    UserFilter,
    GroupBase,
    GroupGroupDn,
    GroupFilter,
}

impl Exclusion {
    /// The words behind `1 person is` or `2 people are`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Class => "of none of the channel's classes",
            Self::ExcludedClass => "of a class that is not a person",
            Self::Deleted => "deleted in the directory",
            Self::UserBase | Self::GroupBase => "not below the base DN",
            Self::UserGroupDn | Self::GroupGroupDn => "not in the group of the Group DN",
            Self::UserFilter | Self::GroupFilter => "left out by the filter",
        }
    }

    /// The role that the entry would have; nothing where no class says it.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Class | Self::ExcludedClass | Self::Deleted => None,
            Self::UserBase | Self::UserGroupDn | Self::UserFilter => Some(Role::User),
            Self::GroupBase | Self::GroupGroupDn | Self::GroupFilter => Some(Role::Group),
        }
    }
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Channel {
    /// Where the entry stands. A source that evaluates location and filter by itself has said what an entry is.
    #[must_use]
    pub fn placement(&self, entry: &Entry, surroundings: &Surroundings) -> Placement {
        if let Some(role) = entry.found_as() {
            let is_within = role == Role::User || !self.group_classes.is_empty();
            return if is_within { Placement::Within(role) } else { Placement::Outside(Exclusion::Class) };
        }
        if is_deleted(entry) {
            return Placement::Outside(Exclusion::Deleted);
        }
        let is_one_of = |classes: &[String]| classes.iter().any(|class| entry.is_a(class));
        let (role, left_out) = if is_one_of(&self.user_classes) {
            if is_one_of(&self.excluded_classes) {
                return Placement::Outside(Exclusion::ExcludedClass);
            }
            (Role::User, self.user(entry, surroundings))
        } else if is_one_of(&self.group_classes) {
            (Role::Group, self.group(entry, surroundings))
        } else {
            return Placement::Outside(Exclusion::Class);
        };
        left_out.map_or(Placement::Within(role), Placement::Outside)
    }

    /// The role of the entry by itself; nothing if it is outside the channel.
    #[must_use]
    pub fn role(&self, entry: &Entry) -> Option<Role> {
        match self.placement(entry, &Surroundings::without_entries(self)) {
            Placement::Within(role) => Some(role),
            Placement::Outside(_) => None,
        }
    }

    /// Why a person is outside.
    fn user(&self, entry: &Entry, surroundings: &Surroundings) -> Option<Exclusion> {
        match &surroundings.user_scope {
            Some(scope) if !scope.has_member(self, entry) => return Some(Exclusion::UserGroupDn),
            // Members are read by their names, wherever they stand.
            Some(scope) if !scope.reads_member_of() => {}
            _ if !self.is_below_base(entry) => return Some(Exclusion::UserBase),
            _ => {}
        }
        (!meets(self.user_filter.as_ref(), entry, surroundings)).then_some(Exclusion::UserFilter)
    }

    /// Why a group is outside.
    fn group(&self, entry: &Entry, surroundings: &Surroundings) -> Option<Exclusion> {
        match &surroundings.group_scope {
            Some(scope) if !scope.is_group(entry) => return Some(Exclusion::GroupGroupDn),
            // The groups of a Group DN are read by their names as well, and no filter is asked.
            Some(_) => return None,
            None if !self.is_below_base(entry) => return Some(Exclusion::GroupBase),
            None => {}
        }
        (!meets(self.group_filter.as_ref(), entry, surroundings)).then_some(Exclusion::GroupFilter)
    }

    fn is_below_base(&self, entry: &Entry) -> bool {
        self.base_dn.as_ref().is_none_or(|base| entry.dn.is_within(base))
    }
}

fn meets(filter: Option<&EntryFilter>, entry: &Entry, surroundings: &Surroundings) -> bool {
    filter.is_none_or(|filter| filter.evaluate(entry, &surroundings.links) == Truth::True)
}

/// Whether it is the remainder of a deleted entry, which a search does not find: `nsTombstone` of 389 Directory Server,
/// `isDeleted` of Active Directory.
fn is_deleted(entry: &Entry) -> bool {
    entry.is_a("nsTombstone") || entry.text("isDeleted").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}
