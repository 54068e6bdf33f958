//! A location under a Group DN: members of one group and, with nested search, of the groups in it.
//!
//! Members are read when the group changed, and only then: whoever is deleted from the directory while the group stays as
//! it is counts as a member until its next change. That is what the provisioner's documentation describes.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::super::fault::EntryFault;
use super::change::ChangeAlgorithm;
use super::fault::LdapFault;
use super::pass::Walk;
use super::state::{GroupDnMembers, Memory};
use crate::channel::MEMBER_UID;
use crate::entry::{Dn, Entry, Role};

/// Members by `uid` that are searched for at once.
const UIDS_AT_ONCE: usize = 100;
/// Groups within one Group DN. A server that makes up a further one for each that is read has no end.
const MOST_GROUPS: usize = 10_000;

impl Walk<'_> {
    pub(super) fn users_of_group(&mut self, group: &str, memory: &mut Memory) -> Result<(), LdapFault> {
        let nested = self.settings.users.nested_search;
        let groups = self.groups_within(group, nested)?;
        let marks = self.marks(&groups);
        let changed = self.changed(memory);
        if let (Some(marks), Some(known), Some(changed)) = (&marks, &mut memory.membership, changed)
            && *marks == known.marks
        {
            return self.remembered(known, &changed);
        }
        let mut members = HashMap::new();
        for group in &groups {
            self.members(group, &mut members)?;
        }
        memory.membership = marks.map(|marks| GroupDnMembers { marks, members });
        Ok(())
    }

    /// The group did not change: its members are those of last time, and those of them who changed are read.
    fn remembered(&mut self, known: &mut GroupDnMembers, changed: &str) -> Result<(), LdapFault> {
        let guid = self.settings.guid_attribute.clone();
        let mut seen: HashMap<Box<[u8]>, Box<str>> = HashMap::new();
        let filter = self.settings.filter(Role::User, Some(changed));
        self.search(&filter, Role::User, true, &mut |entry| {
            let key = key_of(entry, &guid);
            let is_member = known.members.contains_key(&key);
            if is_member {
                seen.insert(key, entry.dn.to_string().into());
            }
            is_member
        })?;
        for (key, dn) in seen.clone() {
            known.members.insert(key, dn);
        }
        for (key, dn) in known.members.iter().filter(|(key, _)| !seen.contains_key(*key)) {
            let Ok(dn) = Dn::parse(dn) else { continue };
            let mut entry = Entry::found(dn, Role::User);
            entry.push(&guid, key.clone());
            self.hand(entry.unchanged());
        }
        Ok(())
    }

    fn members(&mut self, group: &Entry, members: &mut HashMap<Box<[u8]>, Box<str>>) -> Result<(), LdapFault> {
        let guid = self.settings.guid_attribute.clone();
        let mut note = |entry: &Entry| {
            members.insert(key_of(entry, &guid), entry.dn.to_string().into());
            true
        };
        if let Some(attribute) = &self.settings.member_of_attribute {
            let condition = format!("({attribute}={})", ldap3::ldap_escape(group.dn.to_string()));
            let filter = self.settings.filter(Role::User, Some(&condition));
            return self.search(&filter, Role::User, true, &mut note);
        }
        if self.settings.has_member_uid() {
            let uids: Vec<String> =
                group.texts(MEMBER_UID).map(|uid| format!("(uid={})", ldap3::ldap_escape(uid))).collect();
            for some in uids.chunks(UIDS_AT_ONCE) {
                let filter = self.settings.filter(Role::User, Some(&format!("(|{})", some.concat())));
                self.search(&filter, Role::User, true, &mut note)?;
            }
        }
        let filter = self.settings.filter(Role::User, None);
        for name in member_names(group, &self.settings.member_attributes) {
            if !self.is_wanted {
                break;
            }
            if let Some(entry) = self.read_filtered(&name, &filter, Role::User)? {
                note(&entry);
                self.hand(entry);
            }
        }
        Ok(())
    }

    pub(super) fn groups_of_group(&mut self, group: &str) -> Result<(), LdapFault> {
        for entry in self.groups_within(group, self.settings.groups.nested_search)? {
            self.hand(entry);
        }
        Ok(())
    }

    /// The group and, if wanted, the groups in it to any depth, each once however they contain each other.
    pub(super) fn groups_within(&mut self, group: &str, nested: bool) -> Result<Vec<Entry>, LdapFault> {
        let filter = self.settings.classes(Role::Group);
        let Some(first) = self.read_filtered(group, &filter, Role::Group)? else {
            self.fault(EntryFault {
                entry: group.to_owned(),
                role: Role::Group,
                field: "Group DN".to_owned(),
                message: "there is no such group, so it has no members and no user counts as a leaver; check the name"
                    .to_owned(),
                hides_others: true,
            });
            return Ok(Vec::new());
        };
        let mut known = HashSet::from([first.dn.key().to_owned()]);
        let mut groups = vec![first];
        let mut next = 0;
        while nested && next < groups.len() {
            for name in member_names(&groups[next], &self.settings.member_attributes) {
                let Ok(dn) = Dn::parse(&name) else { continue };
                if !known.insert(dn.key().to_owned()) {
                    continue;
                }
                if let Some(entry) = self.read_filtered(&name, &filter, Role::Group)? {
                    groups.push(entry);
                }
                if groups.len() > MOST_GROUPS {
                    let what = format!(
                        "{group} holds more than {MOST_GROUPS} groups; leave --nested out, or name a smaller one"
                    );
                    return Err(LdapFault::new(what));
                }
            }
            next += 1;
        }
        Ok(groups)
    }

    /// When each group changed last; nothing if that is not known.
    fn marks(&self, groups: &[Entry]) -> Option<HashMap<Box<str>, String>> {
        let detection = self.settings.change_detection.as_ref()?;
        groups
            .iter()
            .map(|group| {
                let mut mark = group.text(&detection.attribute)?.to_owned();
                if detection.algorithm != ChangeAlgorithm::ActiveDirectoryUsn {
                    // Two changes within a second have the same time stamp.
                    let mut names = member_names(group, &self.settings.member_attributes);
                    names.extend(group.texts(MEMBER_UID).map(str::to_owned));
                    let members = hash(&names);
                    mark = format!("{mark} {members:x}");
                }
                Some((group.dn.key().into(), mark))
            })
            .collect()
    }
}

fn hash(names: &[String]) -> u64 {
    let mut hasher = DefaultHasher::new();
    names.hash(&mut hasher);
    hasher.finish()
}

fn member_names(group: &Entry, attributes: &[String]) -> Vec<String> {
    let by_name = attributes.iter().filter(|attribute| !attribute.eq_ignore_ascii_case(MEMBER_UID));
    by_name.flat_map(|attribute| group.texts(attribute)).map(str::to_owned).collect()
}

/// The GUID, or the name of an entry that has none.
fn key_of(entry: &Entry, guid: &str) -> Box<[u8]> {
    entry.values(guid).next().map_or_else(|| entry.dn.key().as_bytes().into(), Into::into)
}
