//! The place of a person in a channel whose location a directory server evaluates: it is asked for each condition alone.

use std::collections::HashSet;
use std::sync::mpsc::sync_channel;

use ldap3::{Scope, ldap_escape};

use super::super::LocatedEntry;
use super::change::Watermark;
use super::connection::{LdapConnection, Search};
use super::fault::LdapFault;
use super::pass::Walk;
use super::{AHEAD, Inner, LdapSettings};
use crate::channel::MEMBER_UID;
use crate::entry::{Dn, Entry, Role};

/// The attributes by which people call each other.
const NAMES: &[&str] =
    &["uid", "cn", "mail", "sAMAccountName", "userPrincipalName", "displayName", "employeeNumber", "entryUUID"];

/// The entries that are called so.
pub(super) fn located(inner: &Inner, person: &str) -> Result<Vec<LocatedEntry>, LdapFault> {
    let settings = &inner.settings;
    let mut connection = LdapConnection::open(settings)?;
    let mut found = Vec::new();
    let name = Dn::parse(person).ok().filter(|dn| !dn.rdns().is_empty());
    let (base, scope, filter) = if let Some(dn) = &name {
        (dn.to_string(), Scope::Base, "(objectClass=*)".to_owned())
    } else {
        let items: Vec<String> = NAMES.iter().map(|name| format!("({name}={})", ldap_escape(person))).collect();
        (settings.base_dn.clone(), Scope::Subtree, format!("(|{})", items.concat()))
    };
    let attributes = settings.attributes(Role::User);
    let question = Search { base: &base, scope, filter: &filter, attributes: &attributes, role: Role::User };
    let searched = connection.search(settings, &question, &mut |entry| {
        found.extend(entry.ok());
        true
    });
    match searched {
        // No entry has the name.
        Err(fault) if name.is_some() && !fault.is_transport => return Ok(Vec::new()),
        searched => searched.map(drop)?,
    }
    let groups = groups(inner)?;
    found.into_iter().map(|entry| place(settings, &mut connection, entry, groups.as_deref())).collect()
}

/// The groups of the Group DN; nothing without one.
fn groups(inner: &Inner) -> Result<Option<Vec<Entry>>, LdapFault> {
    let settings = &inner.settings;
    let Some(group) = &settings.users.group_dn else { return Ok(None) };
    // A cycle reports a fault of the group.
    let (sender, _receiver) = sync_channel(AHEAD);
    let mut walk = Walk {
        settings,
        connection: LdapConnection::open(settings)?,
        sender: &sender,
        handed: HashSet::new(),
        progress: Watermark::new(None),
        is_wanted: true,
        reconnects: 0,
    };
    walk.groups_within(group, settings.users.nested_search).map(Some)
}

fn place(
    settings: &LdapSettings,
    connection: &mut LdapConnection,
    entry: Entry,
    groups: Option<&[Entry]>,
) -> Result<LocatedEntry, LdapFault> {
    let dn = entry.dn.to_string();
    let mut meets = |filter: &str| -> Result<bool, LdapFault> {
        Ok(connection.read_filtered(settings, &dn, filter, Role::User)?.is_some())
    };
    let mut facts: Vec<(String, bool)> = Vec::new();
    let classes = settings.classes(Role::User);
    facts.push((format!("the directory's answer to {classes}"), meets(&classes)?));
    if let Some(filter) = settings.users.filter.as_deref().filter(|filter| !filter.is_empty()) {
        let filter = super::pass::parenthesised(filter);
        facts.push((format!("the directory's answer to {filter}"), meets(&filter)?));
    }
    if let (Some(groups), Some(name)) = (groups, &settings.users.group_dn) {
        let nested = if settings.users.nested_search { " or a group in it" } else { "" };
        facts.push((format!("member of {name}{nested}"), is_member(settings, &entry, groups)));
    } else {
        let is_below = Dn::parse(&settings.base_dn).is_ok_and(|base| entry.dn.is_within(&base));
        facts.push((format!("below {}", settings.base_dn), is_below));
    }
    let is_within = facts.iter().all(|(_, is_met)| *is_met);
    let facts = facts.into_iter().map(|(question, is_met)| (question, if is_met { "yes" } else { "no" }.to_owned()));
    Ok(LocatedEntry { entry, is_within, facts: facts.collect() })
}

fn is_member(settings: &LdapSettings, entry: &Entry, groups: &[Entry]) -> bool {
    if let Some(attribute) = &settings.member_of_attribute {
        let own = entry.texts(attribute).filter_map(|text| Dn::parse(text).ok());
        let own: Vec<Dn> = own.collect();
        // An attribute that the mapping does not read is not in the entry: the members have to tell.
        if !own.is_empty() {
            return groups.iter().any(|group| own.contains(&group.dn));
        }
    }
    groups.iter().any(|group| {
        let by_name = settings.member_attributes.iter().flat_map(|attribute| group.texts(attribute));
        let mut names = by_name.filter_map(|text| Dn::parse(text).ok());
        let by_uid = || entry.texts("uid").any(|uid| group.has_value(MEMBER_UID, uid.as_bytes()));
        names.any(|name| name == entry.dn) || (settings.has_member_uid() && by_uid())
    })
}
