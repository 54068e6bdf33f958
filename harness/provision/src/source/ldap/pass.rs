//! One pass over a directory, on the thread of its own: people first, then groups.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::mpsc::SyncSender;
use std::time::Instant;

use ldap3::Scope;

use super::super::SourceError;
use super::super::fault::EntryFault;
use super::change::{ChangeDetection, Watermark};
use super::connection::{LdapConnection, Search, SearchEnd};
use super::fault::LdapFault;
use super::state::Memory;
use super::{Inner, LdapSettings, Location, Message, lock};
use crate::channel::MEMBER_UID;
use crate::entry::{Entry, Role};

/// How often a pass connects anew when its connection is lost.
const RECONNECTS: u32 = 3;

/// A pass in progress. Whoever listens may stop: then `is_wanted` is false and nothing more is asked.
pub(super) struct Walk<'a> {
    pub settings: &'a LdapSettings,
    pub connection: LdapConnection,
    pub sender: &'a SyncSender<Message>,
    /// Hashes of the names that were handed over, so that a search that is repeated doubles no entry.
    pub handed: HashSet<u64>,
    pub progress: Watermark,
    pub is_wanted: bool,
    pub reconnects: u32,
}

pub(super) fn run(inner: &Inner, sender: &SyncSender<Message>) {
    if let Err(fault) = walk(inner, sender) {
        // Without a listener there is no one to inform.
        let _ = sender.send(Message::Entry(Err(fault.into())));
    }
}

fn walk(inner: &Inner, sender: &SyncSender<Message>) -> Result<(), LdapFault> {
    let started = Instant::now();
    let settings = &inner.settings;
    let mut connection = LdapConnection::open(settings)?;
    let detection = settings.change_detection.as_ref();
    let committed = if detection.is_some() { connection.committed(settings)? } else { None };
    let mut memory = lock(&inner.memory).clone();
    let mut walk = Walk {
        settings,
        connection,
        sender,
        handed: HashSet::new(),
        progress: Watermark::new(committed),
        is_wanted: true,
        reconnects: 0,
    };
    match &settings.users.group_dn {
        Some(group) => walk.users_of_group(group, &mut memory)?,
        None => walk.users_by_filter(&memory)?,
    }
    match &settings.groups.group_dn {
        Some(group) => walk.groups_of_group(group)?,
        // The client provisions no groups.
        None if settings.group_classes.is_empty() => {}
        None => walk.search(&settings.filter(Role::Group, None), Role::Group, true, &mut |_| true)?,
    }
    if walk.is_wanted {
        if let Some(detection) = detection {
            let next = walk.progress.next(detection.algorithm, started.elapsed());
            memory.since = next.or(memory.since);
        }
        *lock(&inner.pending) = Some(memory);
        // Without a listener there is no one to inform.
        let _ = sender.send(Message::Done);
    }
    Ok(())
}

impl Walk<'_> {
    /// Everybody who meets the filter: changed people with their values, the others by their GUIDs alone.
    fn users_by_filter(&mut self, memory: &Memory) -> Result<(), LdapFault> {
        let everybody = self.settings.filter(Role::User, None);
        match self.changed(memory) {
            None => self.search(&everybody, Role::User, true, &mut |_| true),
            Some(changed) => {
                self.search(&self.settings.filter(Role::User, Some(&changed)), Role::User, true, &mut |_| true)?;
                self.search(&everybody, Role::User, false, &mut |_| true)
            }
        }
    }

    /// The filter for what changed since the last pass, if there was one.
    pub(super) fn changed(&self, memory: &Memory) -> Option<String> {
        let detection: &ChangeDetection = self.settings.change_detection.as_ref()?;
        Some(detection.filter(memory.since.as_ref()?))
    }

    /// Searches below the base and hands over what `choose` takes; connects anew when the connection is lost.
    pub(super) fn search(
        &mut self,
        filter: &str,
        role: Role,
        is_whole: bool,
        choose: &mut dyn FnMut(&Entry) -> bool,
    ) -> Result<(), LdapFault> {
        let attributes = if is_whole { self.settings.attributes(role) } else { self.settings.identifying_attributes() };
        let question =
            Search { base: &self.settings.base_dn, scope: Scope::Subtree, filter, attributes: &attributes, role };
        while self.is_wanted {
            let Self { settings, connection, sender, handed, progress, is_wanted, .. } = self;
            let detection = settings.change_detection.as_ref();
            let ended = connection.search(settings, &question, &mut |item| {
                let item = match item {
                    Ok(entry) if !choose(&entry) || !handed.insert(name_hash(&entry)) => return true,
                    Ok(entry) if is_whole => {
                        if let Some(detection) = detection {
                            progress.note(detection, &entry);
                        }
                        Ok(entry)
                    }
                    Ok(entry) => Ok(entry.unchanged()),
                    fault => fault,
                };
                *is_wanted = sender.send(Message::Entry(item)).is_ok();
                *is_wanted
            });
            match ended {
                Ok(SearchEnd::Whole | SearchEnd::NotWanted) => return Ok(()),
                Ok(SearchEnd::Limited(fault)) => {
                    self.fault(fault);
                    return Ok(());
                }
                Err(fault) => self.reconnect(fault)?,
            }
        }
        Ok(())
    }

    /// One entry by name, if it meets the filter; connects anew when the connection is lost.
    pub(super) fn read_filtered(&mut self, dn: &str, filter: &str, role: Role) -> Result<Option<Entry>, LdapFault> {
        loop {
            match self.connection.read_filtered(self.settings, dn, filter, role) {
                Ok(entry) => return Ok(entry),
                Err(fault) => self.reconnect(fault)?,
            }
        }
    }

    /// A new connection, if the old one was lost and there were not too many already.
    fn reconnect(&mut self, fault: LdapFault) -> Result<(), LdapFault> {
        self.reconnects += 1;
        if !fault.is_transport || self.reconnects > RECONNECTS {
            return Err(fault);
        }
        tracing::warn!("{fault}; connecting anew");
        self.connection = LdapConnection::open(self.settings)?;
        Ok(())
    }

    /// Hands one entry over.
    pub(super) fn hand(&mut self, entry: Entry) {
        if self.handed.insert(name_hash(&entry)) {
            if let Some(detection) = &self.settings.change_detection {
                self.progress.note(detection, &entry);
            }
            self.is_wanted = self.sender.send(Message::Entry(Ok(entry))).is_ok();
        }
    }

    pub(super) fn fault(&mut self, fault: EntryFault) {
        self.is_wanted = self.sender.send(Message::Entry(Err(SourceError::from(fault)))).is_ok();
    }
}

fn name_hash(entry: &Entry) -> u64 {
    let mut hasher = DefaultHasher::new();
    entry.dn.key().hash(&mut hasher);
    hasher.finish()
}

impl LdapSettings {
    fn location(&self, role: Role) -> &Location {
        match role {
            Role::User => &self.users,
            Role::Group => &self.groups,
        }
    }

    /// Classes, the location's filter, and a further condition.
    pub(super) fn filter(&self, role: Role, further: Option<&str>) -> String {
        let own = self.location(role).filter.as_deref().unwrap_or_default();
        format!("(&{}{}{})", self.classes(role), parenthesised(own), further.unwrap_or_default())
    }

    pub(super) fn classes(&self, role: Role) -> String {
        let classes = match role {
            Role::User => &self.user_classes,
            Role::Group => &self.group_classes,
        };
        let classes: Vec<String> =
            classes.iter().map(|class| format!("(objectClass={})", ldap3::ldap_escape(class.as_str()))).collect();
        let classes = format!("(|{})", classes.concat());
        if role == Role::Group || self.excluded_classes.is_empty() {
            return classes;
        }
        let excluded: Vec<String> = self
            .excluded_classes
            .iter()
            .map(|class| format!("(!(objectClass={}))", ldap3::ldap_escape(class.as_str())))
            .collect();
        format!("(&{classes}{})", excluded.concat())
    }

    /// Whether groups name their members by `uid`.
    pub(super) fn has_member_uid(&self) -> bool {
        self.member_attributes.iter().any(|attribute| attribute.eq_ignore_ascii_case(MEMBER_UID))
    }

    /// The attributes that identify an entry and show whether it changed.
    fn identifying_attributes(&self) -> Vec<String> {
        let uid = self.has_member_uid().then(|| "uid".to_owned());
        std::iter::once(self.guid_attribute.clone()).chain(uid).collect()
    }

    /// Everything that the channel reads of an entry, each once.
    pub(super) fn attributes(&self, role: Role) -> Vec<String> {
        let mut attributes = vec!["objectClass".to_owned(), self.guid_attribute.clone()];
        attributes.extend(self.change_detection.as_ref().map(|detection| detection.attribute.clone()));
        match role {
            Role::User => {
                attributes.extend(self.mapped.iter().cloned());
                if self.has_member_uid() {
                    attributes.push("uid".to_owned());
                }
            }
            Role::Group => {
                attributes.push("cn".to_owned());
                attributes.extend(self.member_attributes.iter().cloned());
            }
        }
        let mut seen = HashSet::new();
        attributes.retain(|attribute| seen.insert(attribute.to_ascii_lowercase()));
        attributes
    }
}

/// The console takes filters with and without the outer parentheses.
pub(super) fn parenthesised(filter: &str) -> String {
    let filter = filter.trim();
    if filter.is_empty() || filter.starts_with('(') { filter.to_owned() } else { format!("({filter})") }
}
