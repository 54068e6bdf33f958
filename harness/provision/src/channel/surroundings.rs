//! The facts about other entries that a channel needs to place one: the members of a Group DN, and links that a filter follows. A
//! directory server knows them; of a file they are collected before each pass.

use std::collections::{HashMap, HashSet, VecDeque};

use super::Channel;
use crate::entry::{Dn, Entry, Links};

/// A Group DN: only members of a group, and with nested search members of the groups in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupDn {
    pub dn: Dn,
    pub nested: bool,
}

/// The collected facts.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    pub links: Links,
    /// Absent without a Group DN.
    pub user_scope: Option<GroupScope>,
    pub group_scope: Option<GroupScope>,
    /// The names of groups that are not there: who their members are is not known.
    pub missing_groups: Vec<String>,
    /// Groups whose members are not all in the source.
    pub cut_off_groups: Vec<String>,
}

impl Surroundings {
    /// The surroundings of a channel that needs no other entry.
    #[must_use]
    pub fn without_entries(channel: &Channel) -> Self {
        let links = Links::of(&[], &channel.member_attributes, channel.schema());
        Self { links, ..Self::default() }
    }
}

/// The groups of a Group DN, and their members.
#[derive(Clone, Debug, Default)]
pub struct GroupScope {
    groups: HashSet<Box<str>>,
    members: HashSet<Box<str>>,
    /// The attribute of the members that names their groups, where that decides.
    member_of: Option<String>,
}

impl GroupScope {
    /// Whether the entry is a member.
    #[must_use]
    pub fn has_member(&self, channel: &Channel, entry: &Entry) -> bool {
        match &self.member_of {
            Some(attribute) => entry
                .texts(attribute)
                .any(|group| Dn::parse(group).is_ok_and(|group| self.groups.contains(group.key()))),
            None => channel.member_keys(entry).any(|key| self.members.contains(&*key)),
        }
    }

    /// Whether the entry is one of the groups.
    #[must_use]
    pub fn is_group(&self, entry: &Entry) -> bool {
        self.groups.contains(entry.dn.key())
    }

    pub(super) const fn reads_member_of(&self) -> bool {
        self.member_of.is_some()
    }
}

/// Collects what a channel has to know.
pub struct Collector<'a> {
    channel: &'a Channel,
    links: Links,
    /// A Group DN asks for the groups of the source.
    has_group_dn: bool,
    /// The groups of the source with their members' keys, by the groups' keys.
    groups: HashMap<Box<str>, Vec<Box<str>>>,
    cut_off: HashSet<Box<str>>,
    /// Some entry has the attribute that names its groups.
    has_member_of: bool,
}

impl<'a> Collector<'a> {
    /// A collector for the channel; nothing if it has to know nothing of other entries.
    #[must_use]
    pub fn for_channel(channel: &'a Channel) -> Option<Self> {
        let filters: Vec<_> = channel.user_filter.iter().chain(&channel.group_filter).collect();
        let links = Links::of(&filters, &channel.member_attributes, channel.schema());
        let has_group_dn = channel.user_group.is_some() || channel.group_group.is_some();
        (has_group_dn || !links.is_needless()).then(|| Self {
            channel,
            links,
            has_group_dn,
            groups: HashMap::new(),
            cut_off: HashSet::new(),
            has_member_of: false,
        })
    }

    /// Takes up what an entry says.
    pub fn collect(&mut self, entry: &Entry) {
        self.links.collect(entry);
        if !self.has_group_dn {
            return;
        }
        let channel = self.channel;
        if channel.group_classes.iter().any(|class| entry.is_a(class)) || self.is_group_dn(entry) {
            if channel.member_attributes.iter().any(|attribute| entry.flaw(attribute).is_some()) {
                self.cut_off.insert(entry.dn.key().into());
            }
            self.groups.insert(entry.dn.key().into(), channel.members(entry).0);
        }
        if let Some(attribute) = &channel.member_of_attribute {
            self.has_member_of |= entry.values(attribute).next().is_some();
        }
    }

    /// A client without groups reads them all the same where they say who is provisioned.
    fn is_group_dn(&self, entry: &Entry) -> bool {
        const CLASSES: [&str; 6] =
            ["group", "groupOfNames", "groupOfUniqueNames", "groupOfMembers", "posixGroup", "groupOfEntries"];
        self.channel.group_classes.is_empty() && CLASSES.iter().any(|class| entry.is_a(class))
    }

    /// The collected facts.
    #[must_use]
    pub fn finish(self) -> Surroundings {
        let mut missing_groups = Vec::new();
        let mut cut_off_groups = Vec::new();
        let mut scope = |location: Option<&GroupDn>| {
            let location = location?;
            let mut scope = GroupScope::default();
            if !self.groups.contains_key(location.dn.key()) {
                missing_groups.push(location.dn.to_string());
                return Some(scope);
            }
            scope.groups.insert(location.dn.key().into());
            let mut next = VecDeque::from([location.dn.key()]);
            while let Some(key) = next.pop_front() {
                if self.cut_off.contains(key) {
                    cut_off_groups.push(key.to_owned());
                }
                for member in self.groups.get(key).into_iter().flatten() {
                    scope.members.insert(member.clone());
                    if location.nested && self.groups.contains_key(member) && scope.groups.insert(member.clone()) {
                        next.push_back(member);
                    }
                }
            }
            Some(scope)
        };
        let mut user_scope = scope(self.channel.user_group.as_ref());
        let group_scope = scope(self.channel.group_group.as_ref());
        if let Some(scope) = &mut user_scope
            && self.has_member_of
        {
            scope.member_of.clone_from(&self.channel.member_of_attribute);
        }
        Surroundings { links: self.links, user_scope, group_scope, missing_groups, cut_off_groups }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{Exclusion, Placement};
    use crate::entry::Role;

    /// To collect is to read the source once more in each cycle.
    #[test]
    fn what_other_entries_say_is_collected_only_for_a_group_dn_and_a_filter_that_follows_links() {
        let group = || Some(GroupDn { dn: Dn::parse("cn=All,dc=x").unwrap(), nested: false });
        let with_filter = |filter: &str| Channel { user_filter: filter.parse().ok(), ..Channel::active_directory() };
        for (channel, is_needed) in [
            (Channel::default(), false),
            (Channel::active_directory(), false),
            (with_filter("(sn>=a)"), false),
            (with_filter("(memberOf=cn=All,dc=x)"), true),
            (with_filter("(companyTier=gold)"), true),
            (with_filter("(objectClass=companyPerson)"), true),
            (with_filter("(&(surname=a)(objectClass=user))"), true),
            (with_filter("(manager:1.2.840.113556.1.4.1941:=cn=Bo,dc=x)"), true),
            (Channel { user_group: group(), ..Channel::default() }, true),
            (Channel { group_group: group(), ..Channel::active_directory() }, true),
        ] {
            assert_eq!(Collector::for_channel(&channel).is_some(), is_needed, "{channel:?}");
        }
    }

    #[test]
    fn without_a_collection_texts_have_the_order_that_active_directory_gives_them() {
        let mut ada = Entry::new(Dn::parse("cn=Ada,dc=x").unwrap());
        ada.push("objectClass", *b"user");
        ada.push("sn", *b"Lovelace");
        for (filter, placement) in
            [("(sn>=a)", Placement::Within(Role::User)), ("(sn>=z)", Placement::Outside(Exclusion::UserFilter))]
        {
            let channel = Channel { user_filter: filter.parse().ok(), ..Channel::active_directory() };
            assert_eq!(channel.placement(&ada, &Surroundings::without_entries(&channel)), placement, "{filter}");
        }
    }
}
