//! The ledger: what the provisioner remembers between cycles about each entry of the source.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

/// What an entry is provisioned as.
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

/// What an entry keeps through every change of its name: its GUID, or its name where the source has no GUID.
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

/// What is remembered of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The id in the target, once it is known.
    pub target_id: Option<Box<str>>,
    /// What the target was last brought to; absent if that is not known.
    pub sent: Option<Sent>,
    /// The last operation failed: it is repeated in the next cycle.
    pub dirty: bool,
    /// A create was sent, and what became of it is not known. The account, if there is one, is found by `identifier`.
    pub create_pending: bool,
    /// `userName` or `displayName`, as last sent.
    pub identifier: Box<str>,
    /// The entry has left the source.
    pub gone: bool,
}

/// The state that the target was last brought to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
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

/// A change to the ledger: a new row, or none.
pub type Entry = (Kind, Guid, Option<Row>);

/// Why the ledger cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger {0}")]
pub struct LedgerError(pub String);

/// Remembers rows. Writes come in groups; one group is written as a whole.
pub trait Ledger: Send + Sync {
    /// The row of an entry.
    fn get(&self, kind: Kind, guid: &Guid) -> Result<Option<Row>, LedgerError>;

    /// Which entry a target id belongs to.
    fn owner(&self, kind: Kind, target_id: &str) -> Result<Option<Guid>, LedgerError>;

    /// Writes a group of rows.
    fn write(&self, entries: Vec<Entry>) -> Result<(), LedgerError>;

    /// Hands every row of a kind to `visit`, in no particular order.
    fn scan(&self, kind: Kind, visit: &mut dyn FnMut(&Guid, &Row)) -> Result<(), LedgerError>;
}

/// A ledger that lasts as long as the program.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    rows: HashMap<(Kind, Guid), Row>,
    owners: HashMap<(Kind, Box<str>), Guid>,
}

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves at worst one row unwritten, which the next cycle repairs.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for MemoryLedger {
    fn get(&self, kind: Kind, guid: &Guid) -> Result<Option<Row>, LedgerError> {
        Ok(self.lock().rows.get(&(kind, guid.clone())).cloned())
    }

    fn owner(&self, kind: Kind, target_id: &str) -> Result<Option<Guid>, LedgerError> {
        Ok(self.lock().owners.get(&(kind, target_id.into())).cloned())
    }

    fn write(&self, entries: Vec<Entry>) -> Result<(), LedgerError> {
        let mut state = self.lock();
        let State { rows, owners } = &mut *state;
        for (kind, guid, row) in entries {
            let key = (kind, guid);
            if let Some(id) = rows.get(&key).and_then(|old| old.target_id.clone())
                && owners.get(&(kind, id.clone())) == Some(&key.1)
            {
                owners.remove(&(kind, id));
            }
            match row {
                Some(row) => {
                    if let Some(id) = &row.target_id {
                        owners.insert((kind, id.clone()), key.1.clone());
                    }
                    rows.insert(key, row);
                }
                None => {
                    rows.remove(&key);
                }
            }
        }
        Ok(())
    }

    fn scan(&self, kind: Kind, visit: &mut dyn FnMut(&Guid, &Row)) -> Result<(), LedgerError> {
        for ((own, guid), row) in &self.lock().rows {
            if *own == kind {
                visit(guid, row);
            }
        }
        Ok(())
    }
}
