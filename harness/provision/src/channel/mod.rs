//! A channel: which entries of the source are people and groups, and how they are mapped.

mod placement;
mod surroundings;

pub use placement::{Exclusion, Placement};
pub use surroundings::{Collector, GroupDn, GroupScope, Surroundings};

use std::borrow::Cow;

use super::client::Description;
use super::ledger::Guid;
use super::mapping::Mapping;
use crate::entry::schema::Schema;
use crate::entry::{Dn, Entry, EntryFilter};
use crate::options::GroupNameSource;

/// Names members by their `uid` (RFC 2307 section 4).
pub const MEMBER_UID: &str = "memberUid";

/// The key of a member that is named by `uid`. No distinguished name has this form.
fn uid_key(uid: &str) -> String {
    format!("memberuid\0{}", uid.to_lowercase())
}

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
    /// An entry with one of these is none all the same: to Active Directory a computer is a user.
    pub excluded_classes: Vec<String>,
    /// An entry with one of these object classes is a group.
    pub group_classes: Vec<String>,
    /// The attributes that name a group's members.
    pub member_attributes: Vec<String>,
    pub user_filter: Option<EntryFilter>,
    pub group_filter: Option<EntryFilter>,
    /// Only members of this group.
    pub user_group: Option<GroupDn>,
    /// Only this group, and perhaps those in it.
    pub group_group: Option<GroupDn>,
    /// Names the groups of a person; without it a group's own members are read.
    pub member_of_attribute: Option<String>,
    /// Filters are evaluated by Active Directory's rules: it keeps `memberOf` of its own accord, whether an export lists it or not.
    pub is_active_directory: bool,
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
            excluded_classes: Vec::new(),
            group_classes: owned(&["groupOfNames", "groupOfUniqueNames"]),
            member_attributes: owned(&["member", "uniqueMember"]),
            user_filter: None,
            group_filter: None,
            user_group: None,
            group_group: None,
            member_of_attribute: None,
            is_active_directory: false,
            group_name_source: GroupNameSource::CommonName,
            mapping: Mapping::inet_org_person(),
        }
    }
}

impl Channel {
    /// Whether a cycle uses the attribute: to place an entry, or to send it.
    #[must_use]
    pub fn uses(&self, attribute: &str) -> bool {
        let is_named = |own: &str| own.eq_ignore_ascii_case(attribute);
        let filters = [&self.user_filter, &self.group_filter].into_iter().flatten();
        ["dn", "objectClass", "cn", self.guid_attribute.as_str()].into_iter().any(is_named)
            || self.member_of_attribute.as_deref().is_some_and(is_named)
            || self.member_attributes.iter().any(|own| is_named(own))
            || self.mapping.source_attributes().iter().any(|own| is_named(own))
            || filters
                .map(ToString::to_string)
                .any(|filter| filter.to_ascii_lowercase().contains(&attribute.to_ascii_lowercase()))
    }

    /// People and groups as Active Directory has them.
    #[must_use]
    pub fn active_directory() -> Self {
        Self {
            guid_attribute: "objectGUID".to_owned(),
            guid_binary: true,
            user_classes: vec!["user".to_owned()],
            excluded_classes: vec!["computer".to_owned()],
            is_active_directory: true,
            group_classes: vec!["group".to_owned()],
            member_attributes: vec!["member".to_owned()],
            mapping: Mapping::active_directory(),
            ..Self::default()
        }
    }

    /// People and groups of accounts for Unix (RFC 2307).
    #[must_use]
    pub fn posix() -> Self {
        Self {
            user_classes: vec!["posixAccount".to_owned()],
            group_classes: vec!["posixGroup".to_owned()],
            member_attributes: vec![MEMBER_UID.to_owned()],
            ..Self::default()
        }
    }

    /// People and groups as 389 Directory Server has them.
    #[must_use]
    pub fn directory_server_389() -> Self {
        Self {
            guid_attribute: "nsUniqueId".to_owned(),
            user_classes: vec!["inetOrgPerson".to_owned(), "nsPerson".to_owned()],
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

    /// Changes whenever the channel means other entries or other values. The same in every run of one release.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        super::mapping::desired::fingerprint_of(format!("{self:?}").as_bytes())
    }

    /// The schema by which filters on a file are evaluated.
    #[must_use]
    pub const fn schema(&self) -> Schema {
        if self.is_active_directory { Schema::ActiveDirectory } else { Schema::Standard }
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

    /// Whether groups name their members by `uid` and not by name.
    #[must_use]
    pub fn has_member_uid(&self) -> bool {
        self.member_attributes.iter().any(|attribute| attribute.eq_ignore_ascii_case(MEMBER_UID))
    }

    /// The forms in which a group may name the person: by the entry's name, and by its `uid` where groups do so.
    pub fn member_keys<'a>(&self, entry: &'a Entry) -> impl Iterator<Item = Cow<'a, str>> {
        let by_uid = if self.has_member_uid() { Some(entry.texts("uid")) } else { None };
        let by_uid = by_uid.into_iter().flatten().map(|uid| Cow::Owned(uid_key(uid)));
        std::iter::once(Cow::Borrowed(entry.dn.key())).chain(by_uid)
    }

    /// The names of a group's members, in the form by which names are compared, and the values that are not names.
    #[must_use]
    pub fn members(&self, entry: &Entry) -> (Vec<Box<str>>, Vec<String>) {
        let mut keys = Vec::new();
        let mut unreadable = Vec::new();
        for attribute in &self.member_attributes {
            for value in entry.values(attribute) {
                if attribute.eq_ignore_ascii_case(MEMBER_UID) {
                    keys.push(uid_key(&String::from_utf8_lossy(value)).into());
                    continue;
                }
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
