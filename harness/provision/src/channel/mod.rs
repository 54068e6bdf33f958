//! A channel: which entries of the source are people and groups, and how they are mapped.

use super::client::Description;
use super::ledger::Guid;
use super::mapping::Mapping;
use crate::entry::Role;
use crate::entry::{Dn, Entry, EntryFilter};
use crate::options::GroupNameSource;

/// Source location, mapping and account status of one connection's channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Only entries at or below it; all entries if absent.
    pub base_dn: Option<Dn>,
    /// The attribute that identifies an entry through every change of its name.
    pub guid_attribute: String,
    /// The GUID is bytes, as Active Directory's `objectGUID` is, and not text.
    pub guid_binary: bool,
    /// An entry with one of these object classes is a person.
    pub user_classes: Vec<String>,
    /// An entry with one of these object classes is a group.
    pub group_classes: Vec<String>,
    /// The attributes that name a group's members.
    pub member_attributes: Vec<String>,
    pub user_filter: Option<EntryFilter>,
    pub group_filter: Option<EntryFilter>,
    pub group_name_source: GroupNameSource,
    pub mapping: Mapping,
}

impl Default for Channel {
    /// People as `inetOrgPerson`, groups as `groupOfNames` or `groupOfUniqueNames`, identified by `entryUUID`.
    fn default() -> Self {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            base_dn: None,
            guid_attribute: "entryUUID".to_owned(),
            guid_binary: false,
            user_classes: owned(&["inetOrgPerson"]),
            group_classes: owned(&["groupOfNames", "groupOfUniqueNames"]),
            member_attributes: owned(&["member", "uniqueMember"]),
            user_filter: None,
            group_filter: None,
            group_name_source: GroupNameSource::CommonName,
            mapping: Mapping::inet_org_person(),
        }
    }
}

impl Channel {
    /// People and groups as Active Directory has them.
    #[must_use]
    pub fn active_directory() -> Self {
        Self {
            guid_attribute: "objectGUID".to_owned(),
            guid_binary: true,
            user_classes: vec!["user".to_owned()],
            group_classes: vec!["group".to_owned()],
            member_attributes: vec!["member".to_owned()],
            mapping: Mapping::active_directory(),
            ..Self::default()
        }
    }

    /// The channel as this client runs it: named as it names groups, and without groups if it provisions none.
    #[must_use]
    pub fn for_client(mut self, description: &Description) -> Self {
        match &description.group {
            Some(group) => self.group_name_source = group.name_source,
            None => self.group_classes.clear(),
        }
        self
    }

    /// What the entry is, or nothing if it lies outside the channel.
    #[must_use]
    pub fn role(&self, entry: &Entry) -> Option<Role> {
        if let Some(role) = entry.found_as() {
            return (role == Role::User || !self.group_classes.is_empty()).then_some(role);
        }
        if self.base_dn.as_ref().is_some_and(|base| !entry.dn.is_within(base)) {
            return None;
        }
        let is_one_of = |classes: &[String]| classes.iter().any(|class| entry.is_a(class));
        let passes = |filter: &Option<EntryFilter>| filter.as_ref().is_none_or(|filter| filter.matches(entry));
        if is_one_of(&self.user_classes) {
            passes(&self.user_filter).then_some(Role::User)
        } else if is_one_of(&self.group_classes) {
            passes(&self.group_filter).then_some(Role::Group)
        } else {
            None
        }
    }

    /// Changes whenever the channel means other entries or other values. The same in every run of one release.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        super::mapping::desired::fingerprint_of(format!("{self:?}").as_bytes())
    }

    /// The entry's GUID; `false` if its name has to serve because it has none.
    #[must_use]
    pub fn guid(&self, entry: &Entry) -> (Guid, bool) {
        let own = match entry.values(&self.guid_attribute).next() {
            Some(bytes) if self.guid_binary => Guid::from_bytes(bytes),
            Some(bytes) => std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty()).map(Guid::parse),
            None => None,
        };
        own.map_or_else(|| (Guid::Text(entry.dn.key().into()), false), |guid| (guid, true))
    }

    /// The group's name in the target.
    #[must_use]
    pub fn group_name<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        match self.group_name_source {
            GroupNameSource::CommonName => entry.text("cn").filter(|name| !name.is_empty()),
            GroupNameSource::DistinguishedName => Some(entry.dn.as_str()),
        }
    }

    /// The names of a group's members, in the form by which names are compared, and the values that are not names.
    #[must_use]
    pub fn members(&self, entry: &Entry) -> (Vec<Box<str>>, Vec<String>) {
        let mut keys = Vec::new();
        let mut unreadable = Vec::new();
        for attribute in &self.member_attributes {
            for value in entry.values(attribute) {
                match std::str::from_utf8(value).ok().and_then(|text| Dn::parse(text).ok()) {
                    Some(dn) if dn.rdns().is_empty() => {}
                    Some(dn) => keys.push(dn.key().into()),
                    None => unreadable.push(String::from_utf8_lossy(value).into_owned()),
                }
            }
        }
        (keys, unreadable)
    }
}
