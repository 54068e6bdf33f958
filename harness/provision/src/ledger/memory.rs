//! A ledger in memory.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Guid, Kind, Ledger, LedgerChange, LedgerError, Row};

/// A ledger that lasts as long as the program.
#[derive(Debug, Default)]
pub struct MemoryLedger {
    state: Mutex<MemoryRows>,
}

#[derive(Debug, Default)]
struct MemoryRows {
    /// In the order of their keys, as in a file, so that two runs visit them alike.
    rows: BTreeMap<(Kind, Guid), Row>,
    owners: HashMap<(Kind, Box<str>), Guid>,
    source: Option<String>,
}

impl MemoryLedger {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, MemoryRows> {
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

    fn write(&self, entries: Vec<LedgerChange>) -> Result<(), LedgerError> {
        let mut state = self.lock();
        let MemoryRows { rows, owners, .. } = &mut *state;
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

    fn source_state(&self) -> Result<Option<String>, LedgerError> {
        Ok(self.lock().source.clone())
    }

    fn set_source_state(&self, state: Option<&str>) -> Result<(), LedgerError> {
        self.lock().source = state.map(str::to_owned);
        Ok(())
    }

    fn reset(&self) -> Result<(), LedgerError> {
        *self.lock() = MemoryRows::default();
        Ok(())
    }
}
