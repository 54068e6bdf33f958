//! Every application sees the resources of all.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::Store;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "tenants.store-shared",
    summary: "the resources of one application are seen and changed by all",
    breaks: Breaks::Requirements(&["RFC7644-6-02", "RFC7643-3.1-17", "RFC9865-5.2-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::Store(|_| Box::new(StoreShared::default())),
};

#[derive(Default)]
struct StoreShared(Mutex<Option<Arc<dyn Store>>>);

impl StoreSeam for StoreShared {
    fn wrap(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(first.get_or_insert(store))
    }
}
