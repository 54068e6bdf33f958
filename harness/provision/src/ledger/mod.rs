//! The ledger: what the provisioner remembers between cycles about each entry of the source, and about the source itself.

mod encoding;
mod file;
mod identity;
mod memory;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use uuid::Uuid;

pub use file::{FileLedger, LedgerFileError};
pub use identity::Identity;
pub use memory::MemoryLedger;

/// The kind of resource that an entry is provisioned as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    User,
    Group,
}

impl Kind {
    /// The word used in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
        }
    }
}

/// The identity of an entry through every change of its name: its GUID, or its name where the source has no GUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guid {
    Uuid(Uuid),
    Text(Box<str>),
}

impl Guid {
    /// A GUID from its text; UUIDs in any spelling are equal when they are the same number.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Uuid::parse_str(text).map_or_else(|_| Self::Text(text.into()), Self::Uuid)
    }

    /// A GUID from bytes: 16 of them as Microsoft orders them, others in hexadecimal; nothing from none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return None;
        }
        let sixteen: Option<[u8; 16]> = bytes.try_into().ok();
        Some(sixteen.map_or_else(
            || Self::Text(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat().into()),
            |bytes| Self::Uuid(Uuid::from_bytes_le(bytes)),
        ))
    }
}

impl std::fmt::Display for Guid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Uuid(uuid) => uuid.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// The record of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The id in the target, once it is known.
    pub target_id: Option<Box<str>>,
    /// The state that the target was last brought to; absent if that is not known.
    pub sent: Option<SentState>,
    /// The target is not as the source wants it: the entry is looked at again in the next cycle, changed or not.
    pub dirty: bool,
    /// A create was perhaps sent, and what became of it is not known. The account, if there is one, is found by
    /// `identifier`.
    pub create_pending: bool,
    /// `userName` or `displayName`, as last sent.
    pub identifier: Box<str>,
    /// The entry has left the source.
    pub gone: bool,
}

/// The state that the target was last brought to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentState {
    User {
        /// [`super::mapping::DesiredUser::fingerprint`]
        fingerprint: u64,
        active: bool,
        /// The body as JSON, kept only for a client whose PUT holds mapped values alone.
        body: Option<Box<str>>,
    },
    Group {
        /// Target ids.
        members: BTreeSet<Box<str>>,
    },
}

impl Row {
    /// The row of an entry whose account is about to be looked for and, perhaps, created. It is written before the first
    /// request: whatever becomes of this program then, the account can be found again.
    #[must_use]
    pub fn intent(identifier: &str) -> Self {
        Self { dirty: true, create_pending: true, identifier: identifier.into(), ..Self::default() }
    }
}

/// A change to the ledger: a new row, or none.
pub type LedgerChange = (Kind, Guid, Option<Row>);

/// Why the ledger cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger {0}")]
pub struct LedgerError(pub String);

/// How many rows of a kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub rows: u64,
    /// Rows whose entries are looked at again in the next cycle, whether they changed or not.
    pub dirty: u64,
}

/// Remembers rows, and where the source's changes were read up to. Writes come in groups; one group is written as a whole.
pub trait Ledger: Send + Sync {
    /// The row of an entry.
    fn get(&self, kind: Kind, guid: &Guid) -> Result<Option<Row>, LedgerError>;

    /// The entry's id in the target, once it is known.
    fn target_id(&self, kind: Kind, guid: &Guid) -> Result<Option<Box<str>>, LedgerError> {
        Ok(self.get(kind, guid)?.and_then(|row| row.target_id))
    }

    /// Which entry a target id belongs to.
    fn owner(&self, kind: Kind, target_id: &str) -> Result<Option<Guid>, LedgerError>;

    /// Writes a group of rows.
    fn write(&self, entries: Vec<LedgerChange>) -> Result<(), LedgerError>;

    /// Hands every row of a kind to `visit`, in no particular order.
    fn scan(&self, kind: Kind, visit: &mut dyn FnMut(&Guid, &Row)) -> Result<(), LedgerError>;

    /// The state by which the source finds changes, as it gave it to [`Self::set_source_state`].
    fn source_state(&self) -> Result<Option<String>, LedgerError>;

    /// Remembers, or forgets, what the source needs to tell changes.
    fn set_source_state(&self, state: Option<&str>) -> Result<(), LedgerError>;

    /// Forgets all rows and the source's state: everybody is found anew in the next cycle.
    fn reset(&self) -> Result<(), LedgerError>;

    /// Counts the rows of a kind.
    fn tally(&self, kind: Kind) -> Result<Tally, LedgerError> {
        let mut tally = Tally::default();
        self.scan(kind, &mut |_, row| {
            tally.rows += 1;
            tally.dirty += u64::from(row.dirty);
        })?;
        Ok(tally)
    }
}
