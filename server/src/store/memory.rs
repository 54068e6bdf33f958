//! The store that keeps everything in memory.

use std::sync::Arc;

use scim::resource::Fields;
use scim::schema::{Registry, ResourceTypeId};
use scim::{Error, ErrorKind, Result};
use uuid::Uuid;

use super::identifiers::IdSource;
use super::state::TenantState;
use super::tenant::{ModifyOutcome, PORTION, Tenant};
use super::{Change, ChangeResult, Condition, Page, Query, Store, StoreFuture, StoredResource, WantedRelations};
use crate::clock::Clock;

/// The resources of one tenant. Clones share them.
///
/// One lock guards everything. What takes long — scans, sorting, groups of very many members — works on the blocking pool and gives
/// the lock up after every 16,000 rows, so a page is not a snapshot: what changes while it is made may be shown or not.
#[derive(Clone, Debug)]
pub struct MemoryStore {
    tenant: Arc<Tenant>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(registry: Arc<Registry>, clock: Clock, ids: IdSource) -> Self {
        Self { tenant: Arc::new(Tenant::new(registry, clock, ids)) }
    }

    /// Stores many resources in order, for seeding; `id` is kept where it is given, so that groups can name their members.
    /// Blocks the thread, some seconds for a million.
    ///
    /// # Errors
    /// Of a resource that cannot be stored, with its position from 0 in steps of 1,000; earlier thousands stay.
    pub fn load(&self, resources: &[(ResourceTypeId, Fields)]) -> Result<Vec<Uuid>> {
        let mut ids = Vec::with_capacity(resources.len());
        for (index, portion) in resources.chunks(1_000).enumerate() {
            let loaded = self.tenant.load(portion);
            ids.extend(loaded.map_err(|error| {
                error.context(format!("resource {} to load, or one of the 999 after it", index * 1_000))
            })?);
        }
        Ok(ids)
    }

    /// Everything as it is now, to return to; attributes are shared with what is stored, so it takes little more memory.
    pub(crate) fn snapshot(&self) -> MemorySnapshot {
        MemorySnapshot(self.tenant.snapshot_of_all())
    }

    /// Whether a snapshot can be returned to: it was taken under the indexes that are kept now.
    pub(crate) fn takes(&self, snapshot: &MemorySnapshot) -> bool {
        self.tenant.takes(&snapshot.0)
    }

    /// Returns to a snapshot that it [takes](Self::takes).
    pub(crate) fn restore(&self, snapshot: &MemorySnapshot) {
        self.tenant.restore(&snapshot.0);
    }

    /// How many resources of a type there are.
    pub(crate) fn count(&self, resource_type: ResourceTypeId) -> usize {
        self.tenant.read().created(resource_type).len()
    }

    async fn long<T: Send + 'static>(&self, work: impl FnOnce(&Tenant) -> T + Send + 'static) -> Result<T> {
        let tenant = Arc::clone(&self.tenant);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => match runtime.spawn_blocking(move || work(&tenant)).await {
                Ok(done) => Ok(done),
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => {
                        Err(Error::new(ErrorKind::ServiceUnavailable, "the server is shutting down; try again later"))
                    }
                },
            },
            // Without a runtime there is no worker to spare.
            Err(_) => Ok(work(&tenant)),
        }
    }

    /// Whatever an emptied group left behind is cleaned up at once when it is little, else in the background.
    fn clean(&self) {
        if !self.tenant.clean(PORTION) {
            return;
        }
        let tenant = Arc::clone(&self.tenant);
        let work = move || while tenant.clean(PORTION) {};
        match tokio::runtime::Handle::try_current() {
            // Nobody waits for it; when the server shuts down first, the memory goes anyway.
            Ok(runtime) => drop(runtime.spawn_blocking(work)),
            Err(_) => work(),
        }
    }
}

/// Everything that a store held at one time.
#[derive(Debug)]
pub(crate) struct MemorySnapshot(TenantState);

impl Store for MemoryStore {
    fn registry(&self) -> &Arc<Registry> {
        self.tenant.registry()
    }

    fn create(
        &self,
        resource_type: ResourceTypeId,
        fields: Fields,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, StoredResource> {
        Box::pin(async move {
            let members: usize = fields.iter().map(|(_, slot)| slot.values().len()).max().unwrap_or(0);
            if members <= PORTION {
                let snapshot = self.tenant.create(resource_type, &fields, wanted)?;
                return Ok(self.tenant.complete(snapshot));
            }
            self.long(move |tenant| {
                let snapshot = tenant.create(resource_type, &fields, wanted)?;
                Ok(tenant.complete(snapshot))
            })
            .await?
        })
    }

    fn get(&self, resource_type: ResourceTypeId, id: Uuid, wanted: WantedRelations) -> StoreFuture<'_, StoredResource> {
        Box::pin(async move {
            let snapshot = self.tenant.get(resource_type, id, wanted)?;
            if snapshot.rest.is_none() {
                return Ok(snapshot.stored);
            }
            self.long(move |tenant| tenant.complete(snapshot)).await
        })
    }

    fn modify(
        &self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        change: Change,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, ChangeResult> {
        Box::pin(async move {
            let budget = Some(PORTION);
            let changed = match self.tenant.modify(resource_type, id, &condition, &change, wanted, budget)? {
                ModifyOutcome::Done(snapshot, modified) if snapshot.rest.is_none() => {
                    ChangeResult { stored: snapshot.stored, modified }
                }
                ModifyOutcome::Done(snapshot, modified) => {
                    let stored = self.long(move |tenant| tenant.complete(*snapshot)).await?;
                    ChangeResult { stored, modified }
                }
                ModifyOutcome::TakesLong => {
                    self.long(move |tenant| {
                        tenant.modify(resource_type, id, &condition, &change, wanted, None)?.done(tenant)
                    })
                    .await??
                }
            };
            self.clean();
            Ok(changed)
        })
    }

    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.tenant.delete(resource_type, id, &condition)?;
            self.clean();
            Ok(())
        })
    }

    fn query(&self, query: Query) -> StoreFuture<'_, Page> {
        Box::pin(async move {
            match self.tenant.query_at_once(&query) {
                Some(page) => Ok(page),
                None => self.long(move |tenant| tenant.query(&query)).await,
            }
        })
    }

    fn clear(&self) -> StoreFuture<'_, ()> {
        Box::pin(async move {
            self.tenant.clear();
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;
