//! An externalId that one application uses is refused in every other.

use std::collections::HashSet;
use std::sync::Arc;

use parking_lot::Mutex;
use scim::resource::Fields;
use scim::schema::{ResourceTypeId, common};
use scim::{Error, ErrorKind};

use crate::application::StoreSeam;
use crate::deviations::part::layer::{Layer, LayeredStore};
use crate::store::{Store, StoreFuture, StoredResource, WantedRelations};

/// See the [module documentation](self).
#[derive(Default)]
pub struct ExternalIdUnique(TakenValues);

/// The values, each with the application that uses it.
type TakenValues = Arc<Mutex<HashSet<(String, usize)>>>;

impl StoreSeam for ExternalIdUnique {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(LayeredStore(ApplicationStore { inner, taken: Arc::clone(&self.0) }))
    }
}

struct ApplicationStore {
    inner: Arc<dyn Store>,
    taken: TakenValues,
}

impl ApplicationStore {
    /// Takes the externalId of a new resource, unless another application has it.
    fn take(&self, fields: &Fields) -> bool {
        let Some(external_id) = fields.string(common::EXTERNAL_ID) else { return true };
        // The address of the store tells applications apart.
        let own = Arc::as_ptr(&self.inner).cast::<()>().addr();
        let mut taken = self.taken.lock();
        if taken.iter().any(|(value, application)| value == external_id && *application != own) {
            return false;
        }
        taken.insert((external_id.to_string(), own));
        true
    }
}

impl Layer for ApplicationStore {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn create(
        &self,
        resource_type: ResourceTypeId,
        fields: Fields,
        wanted: WantedRelations,
    ) -> StoreFuture<'_, StoredResource> {
        if !self.take(&fields) {
            let error = Error::new(ErrorKind::Uniqueness, "externalId is taken; choose another");
            return Box::pin(std::future::ready(Err(error)));
        }
        self.inner.create(resource_type, fields, wanted)
    }
}
