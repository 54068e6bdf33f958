//! A directory server (RFC 4511) as a source: a search in pages on a thread of its own, from which entries come one at a time.

mod change;
mod connection;
mod fault;
mod group_dn;
mod guard;
mod locate;
mod pass;
mod received;
mod state;

use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{Entries, LocatedEntry, Source, SourceError};
use crate::channel::Channel;
use crate::entry::{Dn, Entry, Role};
pub use change::{ChangeAlgorithm, ChangeDetection};
use connection::LdapConnection;
pub use fault::LdapFault;
use state::Memory;
pub use state::{StateSummary, remembered, without_group_marks};

/// How many entries may wait between the directory and the cycle.
const AHEAD: usize = 256;

/// Where a directory is, how to reach it, and which of its entries a channel reads.
#[derive(Clone, Debug)]
pub struct LdapSettings {
    /// `ldap://host:port` or `ldaps://host:port`
    pub url: Url,
    pub starttls: bool,
    /// Name and password; anonymous if absent.
    pub bind: Option<(String, SecretString)>,
    /// Certificates of authorities, PEM; those of the system if empty.
    pub authorities: Vec<Vec<u8>>,
    /// Accept any certificate.
    pub insecure: bool,
    /// How long one answer may take.
    pub timeout: Duration,
    /// Entries a page (RFC 2696).
    pub page_size: u16,
    pub base_dn: String,
    pub user_classes: Vec<String>,
    /// An entry of one of these is no person.
    pub excluded_classes: Vec<String>,
    pub group_classes: Vec<String>,
    pub users: Location,
    pub groups: Location,
    pub guid_attribute: String,
    /// Names the groups of a person, such as `memberOf`; without it a group's own members are read.
    pub member_of_attribute: Option<String>,
    pub member_attributes: Vec<String>,
    pub change_detection: Option<ChangeDetection>,
    /// Every attribute that the mapping reads.
    pub mapped: Vec<String>,
}

/// *Source Location*: a Group DN, or a filter, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    pub group_dn: Option<String>,
    /// Members of groups in the group count as well.
    pub nested_search: bool,
    /// An LDAP filter, which the server evaluates.
    pub filter: Option<String>,
}

/// A directory server. What it remembers between passes is what change detection needs.
#[derive(Debug)]
pub struct LdapSource {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    settings: LdapSettings,
    memory: Mutex<Memory>,
    /// The knowledge of the last pass; it counts once everything that the pass gave has been dealt with.
    pending: Mutex<Option<Memory>>,
    /// For single entries that are asked for while a search is under way.
    single: Mutex<Option<LdapConnection>>,
}

/// A message of the thread that searches.
enum Message {
    Entry(Result<Entry, SourceError>),
    /// The search came to its end.
    Done,
}

impl LdapSource {
    /// Connects, binds, and looks at the base, so that what is wrong is said before anything is sent.
    ///
    /// # Errors
    /// The server cannot be reached, refuses the credentials, or has no such base.
    pub fn open(settings: LdapSettings) -> Result<Self, LdapFault> {
        let inner =
            Arc::new(Inner { settings, memory: Mutex::default(), pending: Mutex::default(), single: Mutex::new(None) });
        apart(|| {
            let mut connection = LdapConnection::open(&inner.settings)?;
            connection.look_at_base(&inner.settings)
        })?;
        Ok(Self { inner })
    }
}

impl Source for LdapSource {
    fn entries(&self) -> Result<Entries<'_>, SourceError> {
        let (sender, receiver) = sync_channel(AHEAD);
        let inner = Arc::clone(&self.inner);
        *lock(&inner.pending) = None;
        std::thread::Builder::new()
            .name("ldap".to_owned())
            .spawn(move || pass::run(&inner, &sender))
            .map_err(|error| LdapFault::new(format!("no thread can be started for the directory: {error}")))?;
        Ok(Box::new(EntryStream { receiver, is_over: false }.map(|entry| entry.map(std::borrow::Cow::Owned))))
    }

    fn locate(&self, person: &str, _: &Channel) -> Result<Option<Vec<LocatedEntry>>, SourceError> {
        let inner = Arc::clone(&self.inner);
        Ok(apart(move || locate::located(&inner, person)).map(Some)?)
    }

    fn asked(&self) -> Option<String> {
        let settings = &self.inner.settings;
        let what = match &settings.users.group_dn {
            Some(group) => format!("the members of {group} that meet {}", settings.filter(Role::User, None)),
            None => settings.filter(Role::User, None),
        };
        Some(format!("the directory was asked below {} for {what}", settings.base_dn))
    }

    fn entry(&self, dn: &Dn, role: Role) -> Result<Option<Entry>, SourceError> {
        let (settings, dn) = (&self.inner.settings, dn.to_string());
        Ok(apart(|| {
            let mut single = lock(&self.inner.single);
            if let Some(mut connection) = single.take() {
                match connection.read(settings, &dn, role) {
                    // Between two cycles a server may close an idle connection.
                    Err(fault) if fault.is_transport => {}
                    Err(fault) => return Err(fault),
                    Ok(entry) => {
                        *single = Some(connection);
                        return Ok(entry);
                    }
                }
            }
            let mut connection = LdapConnection::open(settings)?;
            let entry = connection.read(settings, &dn, role)?;
            *single = Some(connection);
            Ok(entry)
        })?)
    }

    fn resume(&self, state: &str) {
        if let Some(memory) = state::read(state, &self.inner.settings) {
            *lock(&self.inner.memory) = memory;
        }
    }

    fn settle(&self) -> Option<String> {
        let memory = lock(&self.inner.pending).take()?;
        let text = state::write(&memory, &self.inner.settings);
        *lock(&self.inner.memory) = memory;
        text
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs on a thread that belongs to no runtime: the connection drives one of its own.
fn apart<T: Send>(work: impl FnOnce() -> Result<T, LdapFault> + Send) -> Result<T, LdapFault> {
    std::thread::scope(|scope| {
        scope.spawn(work).join().unwrap_or_else(|_| Err(LdapFault::new("the directory's answer cannot be read")))
    })
}

struct EntryStream {
    receiver: Receiver<Message>,
    is_over: bool,
}

impl Iterator for EntryStream {
    type Item = Result<Entry, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.receiver.recv() {
            Ok(Message::Entry(entry)) => Some(entry),
            Ok(Message::Done) => {
                self.is_over = true;
                None
            }
            // An end without the word is none: no person may count as a leaver.
            Err(_) => {
                self.is_over = true;
                Some(Err(LdapFault::new("reading the directory ended before its time").into()))
            }
        }
    }
}
