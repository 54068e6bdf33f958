//! What stands before a failed operation is kept.

use std::sync::Arc;

use parking_lot::Mutex;
use scim::ErrorKind;

use crate::application::StoreSeam;
use crate::deviations::part::layer::{Layer, Layered, Modification};
use crate::store::{Answer, Changed, Store};

/// See the [module documentation](self).
pub struct NotAtomic;

impl StoreSeam for NotAtomic {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Layered(HalfDoneLayer(inner)))
    }
}

struct HalfDoneLayer(Arc<dyn Store>);

impl Layer for HalfDoneLayer {
    fn inner(&self) -> &dyn Store {
        &*self.0
    }

    fn modify(&self, mut call: Modification) -> Answer<'_, Changed> {
        let failure = Arc::new(Mutex::new(None));
        let (change, noted) = (call.change, Arc::clone(&failure));
        call.change = Arc::new(move |draft| match change(draft) {
            // What the server itself could not do is no failed operation.
            Err(error) if error.kind() != ErrorKind::Internal => {
                *noted.lock() = Some(error);
                Ok(())
            }
            outcome => outcome,
        });
        Box::pin(async move {
            let changed = call.run(self.inner()).await?;
            let failed = failure.lock().take();
            failed.map_or(Ok(changed), Err)
        })
    }
}
