//! Where a channel's people and groups come from.

pub mod directory;
pub mod fault;
#[cfg(test)]
mod laws;
pub mod ldap;
pub mod ldif;
pub mod pingone;
mod stream;

use std::borrow::Cow;

pub use directory::Directory;
pub use fault::EntryFault;
pub use ldap::LdapSource;
pub use pingone::PingOne;
pub use stream::LdifFile;

use crate::channel::{Channel, Collector, Surroundings};
use crate::entry::{Dn, Entry, Role};
use crate::ledger::Guid;

/// The entries of a source, one at a time.
pub type Entries<'a> = Box<dyn Iterator<Item = Result<Cow<'a, Entry>, SourceError>> + Send + 'a>;

/// The scope of a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A person who is not among the entries has left.
    Everything,
    /// The entries are those that an event touched. Of the others only these have left.
    Touched { gone: Vec<Guid> },
}

/// A source can be read from its beginning as often as there are cycles.
///
/// A pass that ends with an error says nothing about the entries that it did not reach: they are not gone.
pub trait Source: Send + Sync {
    /// Begins a pass over all entries.
    ///
    /// # Errors
    /// When the source cannot be read at all.
    fn entries(&self) -> Result<Entries<'_>, SourceError>;

    /// The facts about other entries that a channel needs to place one. A source that places them itself needs nothing.
    ///
    /// # Errors
    /// When the source cannot be read.
    fn surroundings(&self, channel: &Channel) -> Result<Surroundings, SourceError> {
        let _ = channel;
        Ok(Surroundings::default())
    }

    /// The people whom the source left out by itself, with the reason, as sentences.
    fn left_out(&self) -> Vec<String> {
        Vec::new()
    }

    /// The search of a source that searches by itself, as a sentence: such a source does not know which entries it did not find.
    fn asked(&self) -> Option<String> {
        None
    }

    /// The entries that are called so, with what places them; nothing from a source that gives all that it holds, which
    /// the channel places.
    ///
    /// # Errors
    /// When the source cannot be read.
    fn locate(&self, person: &str, channel: &Channel) -> Result<Option<Vec<LocatedEntry>>, SourceError> {
        let _ = (person, channel);
        Ok(None)
    }

    /// The scope of the pass that was begun last.
    fn scope(&self) -> Scope {
        Scope::Everything
    }

    /// Reads the whole of an entry that a pass called unchanged, for one that has to be sent all the same; nothing if it is
    /// not there. A source that gives whole entries is never asked.
    ///
    /// # Errors
    /// When the source cannot be read.
    fn entry(&self, dn: &Dn, role: Role) -> Result<Option<Entry>, SourceError> {
        let _ = (dn, role);
        Ok(None)
    }

    /// Takes up what [`Self::settle`] gave in an earlier run of the program. A state that does not fit is not a state.
    fn resume(&self, state: &str) {
        let _ = state;
    }

    /// Everything that the last pass gave has been dealt with. Gives what the source must remember to tell changes from
    /// then on; nothing if it needs nothing.
    fn settle(&self) -> Option<String> {
        None
    }
}

/// An entry in question, and the facts that place it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedEntry {
    pub entry: Entry,
    pub is_within: bool,
    /// Questions about the entry, with their answers.
    pub facts: Vec<(String, String)>,
}

/// Why a source cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Ldif(#[from] ldif::LdifError),
    #[error(transparent)]
    Ldap(#[from] ldap::LdapFault),
    /// Only this entry cannot be read; the pass goes on.
    #[error(transparent)]
    Entry(#[from] EntryFault),
}

/// Reads entries once to collect what the channel has to know of them.
fn collected(source: &dyn Source, channel: &Channel) -> Result<Surroundings, SourceError> {
    let Some(mut collector) = Collector::for_channel(channel) else {
        return Ok(Surroundings::without_entries(channel));
    };
    for entry in source.entries()? {
        match entry {
            Ok(entry) => collector.collect(&entry),
            // The pass reports it.
            Err(SourceError::Entry(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(collector.finish())
}
