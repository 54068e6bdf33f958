//! Outcomes on their way into the ledger: written in groups, beside the work.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::ledger::{Guid, Kind, Ledger, LedgerChange, LedgerError};

/// So many outcomes do not wait for more. What has come by the time of the write is written with them: each transaction
/// costs a write to the disk that has to be waited for.
const GROUP: usize = 500;
/// An outcome waits at most this long for others.
const LONGEST_WAIT: Duration = Duration::from_millis(200);

/// Takes rows from many operations, and writes them in the order in which they came.
pub(super) struct Outbox {
    queue: Arc<Queue>,
    writer: JoinHandle<()>,
}

struct Queue {
    waiting: Mutex<PendingChanges>,
    /// Something waits where nothing did.
    arrived: Notify,
    /// The waiting rows are to be written at once.
    due: Notify,
    written: watch::Sender<DurableMark>,
}

#[derive(Default)]
struct PendingChanges {
    rows: Vec<LedgerChange>,
    pushed: u64,
    /// The owner of each resource of the target, by rows that are not written yet.
    owners: HashMap<(Kind, Box<str>), Guid>,
}

#[derive(Clone, Debug, Default)]
struct DurableMark {
    rows: u64,
    error: Option<LedgerError>,
}

impl Outbox {
    /// Begins to write; must be called on a runtime.
    pub(super) fn new(ledger: Arc<dyn Ledger>) -> Self {
        let queue = Arc::new(Queue {
            waiting: Mutex::default(),
            arrived: Notify::new(),
            due: Notify::new(),
            written: watch::Sender::new(DurableMark::default()),
        });
        let writer = tokio::spawn(write(Arc::clone(&queue), ledger));
        Self { queue, writer }
    }

    /// Gives one row away.
    pub(super) fn push(&self, row: LedgerChange) {
        let mut waiting = self.queue.lock();
        if waiting.rows.is_empty() {
            self.queue.arrived.notify_one();
        }
        waiting.owners.extend(ownership(&row));
        waiting.rows.push(row);
        waiting.pushed += 1;
        if waiting.rows.len() >= GROUP {
            self.queue.due.notify_one();
        }
    }

    /// The owner of a resource of the target by a row that was given away, as long as the ledger does not say it.
    pub(super) fn owner(&self, kind: Kind, target_id: &str) -> Option<Guid> {
        self.queue.lock().owners.get(&(kind, target_id.into())).cloned()
    }

    /// Waits until every row that was given away is written.
    ///
    /// # Errors
    /// The ledger cannot be written.
    pub(super) async fn settle(&self) -> Result<(), LedgerError> {
        let pushed = self.queue.lock().pushed;
        self.queue.due.notify_one();
        let mut written = self.queue.written.subscribe();
        let seen = written.wait_for(|written| written.error.is_some() || written.rows >= pushed).await;
        // The sender lives as long as `self`.
        match seen.ok().and_then(|written| written.error.clone()) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.writer.abort();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, PendingChanges> {
        // A push cannot leave the list half-done, so a panic elsewhere does not spoil it.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ledger says it now.
    fn forget(&self, owned: &[((Kind, Box<str>), Guid)]) {
        let mut waiting = self.lock();
        for (resource, guid) in owned {
            if waiting.owners.get(resource) == Some(guid) {
                waiting.owners.remove(resource);
            }
        }
    }

    /// Everything that waits.
    fn take(&self) -> Vec<LedgerChange> {
        std::mem::take(&mut self.lock().rows)
    }
}

/// The owner of a resource of the target, by a row.
fn ownership((kind, guid, row): &LedgerChange) -> Option<((Kind, Box<str>), Guid)> {
    // An account whose entry is gone may be taken over.
    let target_id = row.as_ref().filter(|row| !row.gone)?.target_id.clone()?;
    Some(((*kind, target_id), guid.clone()))
}

async fn write(queue: Arc<Queue>, ledger: Arc<dyn Ledger>) {
    let mut rows = 0;
    loop {
        queue.arrived.notified().await;
        tokio::select! {
            () = queue.due.notified() => {}
            () = tokio::time::sleep(LONGEST_WAIT) => {}
        }
        let group = queue.take();
        let count = group.len() as u64;
        let owned: Vec<_> = group.iter().filter_map(ownership).collect();
        let ledger = Arc::clone(&ledger);
        let written = tokio::task::spawn_blocking(move || ledger.write(group)).await;
        let outcome = written.unwrap_or_else(|error| {
            Err(LedgerError(format!("cannot be written: the writer ended without a result ({error})")))
        });
        queue.forget(&owned);
        rows += count;
        let failed = outcome.is_err();
        queue.written.send_modify(|written| {
            written.rows = rows;
            written.error = outcome.err();
        });
        if failed {
            return;
        }
    }
}
