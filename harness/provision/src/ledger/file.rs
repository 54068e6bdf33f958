//! A ledger in a file: redb, so that what was written is there after a crash, and a group of outcomes is there as a whole
//! or not at all.

use std::path::{Path, PathBuf};

use redb::{
    Builder, Database, DatabaseError, ReadableDatabase as _, ReadableTable as _, StorageError, TableDefinition,
    TableError, TableHandle as _,
};

use weir_files::private;

use super::encoding;
use super::{Guid, Identity, Kind, Ledger, LedgerChange, LedgerError, Row};

type Rows = TableDefinition<'static, &'static [u8], &'static [u8]>;
type Owners = TableDefinition<'static, &'static str, &'static [u8]>;

const ABOUT: TableDefinition<&str, &str> = TableDefinition::new("about");
const USERS: Rows = TableDefinition::new("users");
const GROUPS: Rows = TableDefinition::new("groups");
const USER_OWNERS: Owners = TableDefinition::new("user-owners");
const GROUP_OWNERS: Owners = TableDefinition::new("group-owners");

const FORMAT: &str = "format";
const CURRENT_FORMAT: &str = "1";
const IDENTITY: &str = "identity";
const SOURCE_STATE: &str = "source-state";
const SETTINGS: &str = "source-settings";

/// How much of the file is kept in memory, in bytes.
const CACHE: usize = 16 * 1024 * 1024;

/// Why a ledger file cannot be used. Each is a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFileError {
    #[error("the ledger {} is in use by another process; wait for its end, or give each its own", .0.display())]
    InUse(PathBuf),
    #[error(
        "the ledger {} is damaged or no ledger at all ({reason}); move it away: a new one finds every account again by the identifier",
        path.display()
    )]
    Damaged { path: PathBuf, reason: String },
    #[error("{} is a database, but no ledger; give another file", .0.display())]
    Foreign(PathBuf),
    #[error("the ledger {} is of format {format}, which this release does not know; move it away", path.display())]
    Format { path: PathBuf, format: String },
    #[error("the ledger {} {difference}; give each its own, or start anew with --reset-all and without this file", path.display())]
    OfAnother { path: PathBuf, difference: String },
    #[error("the ledger {} cannot be opened: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("there is no ledger {}; it is made by the first cycle with --ledger", .0.display())]
    Missing(PathBuf),
}

/// A ledger in a file.
#[derive(Debug)]
pub struct FileLedger {
    database: Database,
    path: PathBuf,
}

impl FileLedger {
    /// Opens the ledger of `identity`, or makes it.
    ///
    /// # Errors
    /// The file is damaged, in use, or another run's.
    pub fn open(path: &Path, identity: &Identity) -> Result<Self, LedgerFileError> {
        if !path.exists() {
            Self::begin(path, identity)?;
        }
        let ledger = Self::database(path, true)?;
        if let Some(own) = ledger.identity()? {
            return match own.difference(identity) {
                Some(difference) => Err(LedgerFileError::OfAnother { path: path.to_owned(), difference }),
                None => Ok(ledger),
            };
        }
        ledger.introduce(identity)?;
        Ok(ledger)
    }

    /// Makes the ledger beside its place and gives it its place when it is complete: a process that is killed meanwhile leaves
    /// no half of one that every later run would refuse.
    fn begin(path: &Path, identity: &Identity) -> Result<(), LedgerFileError> {
        let unreadable =
            |error: std::io::Error| LedgerFileError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        let part = private::part_of(path);
        private::prepare(&part).map_err(unreadable)?;
        let begun = match Self::database(&part, true) {
            // A process that was killed left half a ledger there, which no run owns.
            Err(LedgerFileError::Damaged { .. }) => {
                std::fs::remove_file(&part).and_then(|()| private::prepare(&part)).map_err(unreadable)?;
                Self::database(&part, true)?
            }
            begun => begun?,
        };
        begun.introduce(identity)?;
        drop(begun);
        match private::publish(&part, path) {
            // Another process was first; its ledger is looked at like any other.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            published => published.map_err(unreadable),
        }
    }

    fn introduce(&self, identity: &Identity) -> Result<(), LedgerFileError> {
        let text = serde_json::to_string(identity).map_err(|error| self.unreadable(&error))?;
        let entries = [(FORMAT, CURRENT_FORMAT), (IDENTITY, text.as_str())];
        self.tell_about(&entries).map_err(|error| self.unreadable(&error))
    }

    /// Opens a ledger that is there, whoever it belongs to.
    ///
    /// # Errors
    /// The file is missing, damaged, in use, or no ledger.
    pub fn existing(path: &Path) -> Result<(Self, Identity), LedgerFileError> {
        if !path.exists() {
            return Err(LedgerFileError::Missing(path.to_owned()));
        }
        let ledger = Self::database(path, false)?;
        match ledger.identity()? {
            Some(identity) => Ok((ledger, identity)),
            None => Err(LedgerFileError::Foreign(path.to_owned())),
        }
    }

    /// Opens a database, or makes one of an empty file if it may.
    fn database(path: &Path, may_create: bool) -> Result<Self, LedgerFileError> {
        let mut builder = Builder::new();
        // A file that another program damaged is refused here instead of being met half-way through a cycle.
        builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
        let unreadable = |reason: String| LedgerFileError::Unreadable { path: path.to_owned(), reason };
        let is_empty = std::fs::metadata(path).is_ok_and(|file| file.len() == 0);
        let opened = if is_empty && may_create { builder.create(path) } else { builder.open(path) };
        let damaged = |reason: String| LedgerFileError::Damaged { path: path.to_owned(), reason };
        let database = opened.map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => LedgerFileError::InUse(path.to_owned()),
            DatabaseError::Storage(StorageError::Io(error)) if error.kind() != std::io::ErrorKind::InvalidData => {
                unreadable(error.to_string())
            }
            error => damaged(error.to_string()),
        })?;
        Ok(Self { database, path: path.to_owned() })
    }

    /// The identity of the ledger's owner; nothing of a file that is new.
    fn identity(&self) -> Result<Option<Identity>, LedgerFileError> {
        let damaged = |error: &dyn std::fmt::Display| LedgerFileError::Damaged {
            path: self.path.clone(),
            reason: error.to_string(),
        };
        let Some(format) = self.about(FORMAT).map_err(|error| damaged(&error))? else {
            let reading = self.database.begin_read().map_err(|error| damaged(&error))?;
            let mut tables = reading.list_tables().map_err(|error| damaged(&error))?;
            return match tables.find(|table| table.name() != ABOUT.name()) {
                Some(_) => Err(LedgerFileError::Foreign(self.path.clone())),
                None => Ok(None),
            };
        };
        if format != CURRENT_FORMAT {
            return Err(LedgerFileError::Format { path: self.path.clone(), format });
        }
        let text = self.about(IDENTITY).map_err(|error| damaged(&error))?.unwrap_or_default();
        serde_json::from_str(&text).map(Some).map_err(|error| damaged(&error))
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> LedgerFileError {
        LedgerFileError::Unreadable { path: self.path.clone(), reason: error.to_string() }
    }

    /// The source's settings as last given by [`Self::describe_source`].
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn source_settings(&self) -> Result<Vec<(String, String)>, LedgerError> {
        let Some(text) = self.about(SETTINGS)? else { return Ok(Vec::new()) };
        serde_json::from_str(&text).map_err(|error| self.failed(&error))
    }

    /// Notes what the source is, for whoever asks later; secrets do not belong here.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn describe_source(&self, settings: &[(String, String)]) -> Result<(), LedgerError> {
        let text = serde_json::to_string(settings).map_err(|error| self.failed(&error))?;
        if self.about(SETTINGS)?.as_ref() == Some(&text) { Ok(()) } else { self.tell_about(&[(SETTINGS, &text)]) }
    }

    fn about(&self, name: &str) -> Result<Option<String>, LedgerError> {
        let reading = self.database.begin_read().map_err(|error| self.failed(&error))?;
        match reading.open_table(ABOUT) {
            Ok(table) => {
                let value = table.get(name).map_err(|error| self.failed(&error))?;
                Ok(value.map(|value| value.value().to_owned()))
            }
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn tell_about(&self, entries: &[(&str, &str)]) -> Result<(), LedgerError> {
        let writing = self.database.begin_write().map_err(|error| self.failed(&error))?;
        {
            let mut table = writing.open_table(ABOUT).map_err(|error| self.failed(&error))?;
            for (name, value) in entries {
                table.insert(*name, *value).map_err(|error| self.failed(&error))?;
            }
        }
        writing.commit().map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &dyn std::fmt::Display) -> LedgerError {
        LedgerError(format!("{} cannot be used any further: {error}", self.path.display()))
    }

    fn damaged(&self) -> LedgerError {
        LedgerError(format!(
            "{} holds a row that cannot be read; move the file away: a new one finds every account again by the identifier",
            self.path.display()
        ))
    }

    /// Hands a value of a table to `read`, if it is there.
    fn read<T>(
        &self,
        kind: Kind,
        guid: &Guid,
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, LedgerError> {
        let reading = self.database.begin_read().map_err(|error| self.failed(&error))?;
        let table = match reading.open_table(rows(kind)) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        match table.get(encoding::key(guid).as_slice()).map_err(|error| self.failed(&error))? {
            Some(value) => read(value.value()).map(Some).ok_or_else(|| self.damaged()),
            None => Ok(None),
        }
    }
}

fn write_kind(
    writing: &redb::WriteTransaction,
    kind: Kind,
    entries: &[(Kind, Guid, Option<Row>)],
) -> Result<(), redb::Error> {
    let mut table = writing.open_table(rows(kind))?;
    let mut owners = writing.open_table(owners(kind))?;
    for (_, guid, row) in entries.iter().filter(|(own, ..)| *own == kind) {
        let key = encoding::key(guid);
        let old = match table.get(key.as_slice())? {
            Some(value) => encoding::decode_target_id(value.value()).unwrap_or_default(),
            None => None,
        };
        let id = row.as_ref().and_then(|row| row.target_id.clone());
        if let Some(old) = old.filter(|old| Some(old) != id.as_ref()) {
            let is_own = owners.get(&*old)?.is_some_and(|owner| owner.value() == key);
            if is_own {
                owners.remove(&*old)?;
            }
        }
        if let Some(id) = id {
            owners.insert(&*id, key.as_slice())?;
        }
        match row {
            Some(row) => table.insert(key.as_slice(), encoding::encode(row).as_slice())?,
            None => table.remove(key.as_slice())?,
        };
    }
    Ok(())
}

const fn rows(kind: Kind) -> Rows {
    match kind {
        Kind::User => USERS,
        Kind::Group => GROUPS,
    }
}

const fn owners(kind: Kind) -> Owners {
    match kind {
        Kind::User => USER_OWNERS,
        Kind::Group => GROUP_OWNERS,
    }
}

impl Ledger for FileLedger {
    fn get(&self, kind: Kind, guid: &Guid) -> Result<Option<Row>, LedgerError> {
        self.read(kind, guid, encoding::decode)
    }

    fn target_id(&self, kind: Kind, guid: &Guid) -> Result<Option<Box<str>>, LedgerError> {
        Ok(self.read(kind, guid, |value| encoding::decode_target_id(value).ok())?.flatten())
    }

    fn owner(&self, kind: Kind, target_id: &str) -> Result<Option<Guid>, LedgerError> {
        let reading = self.database.begin_read().map_err(|error| self.failed(&error))?;
        let table = match reading.open_table(owners(kind)) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            Err(error) => return Err(self.failed(&error)),
        };
        match table.get(target_id).map_err(|error| self.failed(&error))? {
            Some(value) => encoding::guid(value.value()).map(Some).ok_or_else(|| self.damaged()),
            None => Ok(None),
        }
    }

    fn write(&self, entries: Vec<LedgerChange>) -> Result<(), LedgerError> {
        if entries.is_empty() {
            return Ok(());
        }
        let writing = self.database.begin_write().map_err(|error| self.failed(&error))?;
        for kind in [Kind::User, Kind::Group] {
            if entries.iter().any(|(own, ..)| *own == kind) {
                write_kind(&writing, kind, &entries).map_err(|error| self.failed(&error))?;
            }
        }
        writing.commit().map_err(|error| self.failed(&error))
    }

    fn scan(&self, kind: Kind, visit: &mut dyn FnMut(&Guid, &Row)) -> Result<(), LedgerError> {
        let reading = self.database.begin_read().map_err(|error| self.failed(&error))?;
        let table = match reading.open_table(rows(kind)) {
            Ok(table) => table,
            Err(TableError::TableDoesNotExist(_)) => return Ok(()),
            Err(error) => return Err(self.failed(&error)),
        };
        for item in table.iter().map_err(|error| self.failed(&error))? {
            let (key, value) = item.map_err(|error| self.failed(&error))?;
            let guid = encoding::guid(key.value()).ok_or_else(|| self.damaged())?;
            let row = encoding::decode(value.value()).ok_or_else(|| self.damaged())?;
            visit(&guid, &row);
        }
        Ok(())
    }

    fn source_state(&self) -> Result<Option<String>, LedgerError> {
        Ok(self.about(SOURCE_STATE)?.filter(|state| !state.is_empty()))
    }

    fn set_source_state(&self, state: Option<&str>) -> Result<(), LedgerError> {
        let state = state.unwrap_or_default();
        if self.about(SOURCE_STATE)?.unwrap_or_default() == state {
            return Ok(());
        }
        self.tell_about(&[(SOURCE_STATE, state)])
    }

    fn reset(&self) -> Result<(), LedgerError> {
        let writing = self.database.begin_write().map_err(|error| self.failed(&error))?;
        let forget = || -> Result<(), redb::Error> {
            for kind in [Kind::User, Kind::Group] {
                writing.delete_table(rows(kind))?;
                writing.delete_table(owners(kind))?;
            }
            writing.open_table(ABOUT)?.remove(SOURCE_STATE)?;
            Ok(())
        };
        forget().map_err(|error| self.failed(&error))?;
        writing.commit().map_err(|error| self.failed(&error))
    }
}
