//! Snapshots: what every application and the service behind it hold, kept under a name to return to.

use std::collections::BTreeMap;

use parking_lot::{Mutex, MutexGuard};
use scim::ErrorKind;

use crate::application::Front;
use crate::application::downstream::Accounts;
use crate::message::Refusal;
use crate::store::memory::MemorySnapshot;

/// So many can be kept at once.
const MOST: usize = 16;

/// The snapshots of one server, by name.
#[derive(Default)]
pub(crate) struct Snapshots(Mutex<BTreeMap<String, ApplicationsSnapshot>>);

/// In the order of the applications.
struct ApplicationsSnapshot(Vec<(MemorySnapshot, Option<Accounts>)>);

impl Snapshots {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, ApplicationsSnapshot>> {
        self.0.lock()
    }

    pub fn names(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }

    /// Keeps what is there now; an earlier snapshot of the name is replaced.
    pub fn take(&self, name: &str, fronts: &[Front]) -> Result<(), Refusal> {
        let snapshot = fronts
            .iter()
            .map(|front| (front.base.snapshot(), front.downstream.as_ref().map(|downstream| downstream.copy())))
            .collect();
        let mut snapshots = self.lock();
        if snapshots.len() >= MOST && !snapshots.contains_key(name) {
            let detail = format!("{MOST} snapshots are kept already; delete one first");
            return Err(Refusal::new(ErrorKind::BadRequest, detail));
        }
        snapshots.insert(name.to_owned(), ApplicationsSnapshot(snapshot));
        Ok(())
    }

    /// Returns to a snapshot, which stays.
    pub fn restore(&self, name: &str, fronts: &[Front]) -> Result<(), Refusal> {
        let snapshots = self.lock();
        let snapshot = snapshots.get(name).ok_or_else(|| unknown(name))?;
        // All or nothing: only a deviation that changes what the stores enforce makes a snapshot unusable, and it concerns all.
        if !fronts.iter().zip(&snapshot.0).all(|(front, (resources, _))| front.base.takes(resources)) {
            let detail = format!(
                "snapshot {name:?} was taken under schemas that are not enforced now; switch the deviations back first"
            );
            return Err(Refusal::new(ErrorKind::BadRequest, detail));
        }
        for (front, (resources, accounts)) in fronts.iter().zip(&snapshot.0) {
            front.base.restore(resources);
            if let (Some(downstream), Some(accounts)) = (&front.downstream, accounts) {
                downstream.replace(accounts.clone());
            }
        }
        Ok(())
    }

    pub fn delete(&self, name: &str) -> Result<(), Refusal> {
        self.lock().remove(name).map(drop).ok_or_else(|| unknown(name))
    }
}

fn unknown(name: &str) -> Refusal {
    let detail = format!("there is no snapshot {name:?}; /_weir/snapshots lists those there are");
    Refusal::new(ErrorKind::NotFound, detail)
}
