//! What was done before an operation failed stays done.

use std::sync::{Arc, Mutex, PoisonError};

use scim::ErrorKind;

use super::modified::{Call, Modified, Modify};
use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::{Answer, Changed, Store};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.not-atomic",
    summary: "when an operation fails, the ones before it stay carried out",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2-29", "RFC7644-3.5.2-30"]),
    seen: &["https://github.com/fleetdm/fleet/issues/52600"],
    parameter: None,
    seam: Seam::Store(|_| Box::new(NotAtomic)),
};

struct NotAtomic;

impl StoreSeam for NotAtomic {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Modified { inner, how: HalfDone })
    }
}

struct HalfDone;

impl Modify for HalfDone {
    fn modify<'a>(&'a self, inner: &'a dyn Store, mut call: Call) -> Answer<'a, Changed> {
        let failure = Arc::new(Mutex::new(None));
        let (change, noted) = (call.change, Arc::clone(&failure));
        call.change = Arc::new(move |draft| match change(draft) {
            // What the server itself could not do is no failed operation.
            Err(error) if error.kind() != ErrorKind::Internal => {
                *noted.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                Ok(())
            }
            outcome => outcome,
        });
        Box::pin(async move {
            let changed = call.run(inner).await?;
            let failed = failure.lock().unwrap_or_else(PoisonError::into_inner).take();
            failed.map_or(Ok(changed), Err)
        })
    }
}
