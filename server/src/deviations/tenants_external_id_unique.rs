//! An externalId can be used once on the whole endpoint.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use scim::resource::Fields;
use scim::schema::{Registry, ResourceTypeId, common};
use scim::{Error, ErrorKind};
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::{Answer, Change, Changed, Condition, Page, Query, Store, Stored, Wanted};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "tenants.external-id-unique",
    summary: "an externalId that one application uses is refused as taken in every other one",
    breaks: Breaks::Requirements(&["RFC7643-3.1-17", "RFC7644-6.2-02"]),
    seen: &[],
    parameter: None,
    seam: Seam::Store(|_| Box::new(ExternalIdUnique::default())),
};

#[derive(Default)]
struct ExternalIdUnique(Taken);

/// The values, each with the application that uses it.
type Taken = Arc<Mutex<HashSet<(String, usize)>>>;

impl StoreSeam for ExternalIdUnique {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Guarded { inner, taken: Arc::clone(&self.0) })
    }
}

struct Guarded {
    inner: Arc<dyn Store>,
    taken: Taken,
}

impl Guarded {
    /// Takes the externalId of a new resource, unless another application has it.
    fn take(&self, fields: &Fields) -> bool {
        let Some(external_id) = fields.string(common::EXTERNAL_ID) else { return true };
        // The address of the store tells applications apart.
        let own = Arc::as_ptr(&self.inner).cast::<()>().addr();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.iter().any(|(value, application)| value == external_id && *application != own) {
            return false;
        }
        taken.insert((external_id.to_string(), own));
        true
    }
}

impl Store for Guarded {
    fn registry(&self) -> &Arc<Registry> {
        self.inner.registry()
    }

    fn create(&self, resource_type: ResourceTypeId, fields: Fields, wanted: Wanted) -> Answer<'_, Stored> {
        if !self.take(&fields) {
            let error = Error::new(ErrorKind::Uniqueness, "externalId is taken; choose another");
            return Box::pin(std::future::ready(Err(error)));
        }
        self.inner.create(resource_type, fields, wanted)
    }

    fn get(&self, resource_type: ResourceTypeId, id: Uuid, wanted: Wanted) -> Answer<'_, Stored> {
        self.inner.get(resource_type, id, wanted)
    }

    fn modify(
        &self,
        resource_type: ResourceTypeId,
        id: Uuid,
        condition: Condition,
        change: Change,
        wanted: Wanted,
    ) -> Answer<'_, Changed> {
        self.inner.modify(resource_type, id, condition, change, wanted)
    }

    fn delete(&self, resource_type: ResourceTypeId, id: Uuid, condition: Condition) -> Answer<'_, ()> {
        self.inner.delete(resource_type, id, condition)
    }

    fn query(&self, query: Query) -> Answer<'_, Page> {
        self.inner.query(query)
    }

    fn clear(&self) -> Answer<'_, ()> {
        self.inner.clear()
    }
}
