//! A change that changes nothing gets a new version and time.

use std::sync::Arc;

use parking_lot::Mutex;
use scim::patch::Draft;
use scim::resource::{Slot, Value};
use scim::schema::common;

use crate::application::StoreSeam;
use crate::deviations::part::layer::{Layer, LayeredStore, Modification};
use crate::store::{Change, ChangeResult, Condition, Store, StoreFuture};

/// See the [module documentation](self).
pub struct NoChangeTouches;

impl StoreSeam for NoChangeTouches {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(LayeredStore(TouchLayer(inner)))
    }
}

struct TouchLayer(Arc<dyn Store>);

impl Layer for TouchLayer {
    fn inner(&self) -> &dyn Store {
        &*self.0
    }

    fn modify(&self, call: Modification) -> StoreFuture<'_, ChangeResult> {
        let (inner, resource_type, id, wanted) = (self.inner(), call.resource_type, call.id, call.wanted);
        Box::pin(async move {
            let changed = call.run(inner).await?;
            if changed.modified {
                return Ok(changed);
            }
            // There and back again: the store itself sees no change in writing what is there.
            let before = Arc::new(Mutex::new(None));
            let noted = Arc::clone(&before);
            let there: Change = Arc::new(move |draft: &mut dyn Draft| {
                *noted.lock() = draft.fields_mut().remove(common::EXTERNAL_ID);
                draft.fields_mut().set(common::EXTERNAL_ID, Slot::One(Value::String("touched".into())));
                Ok(())
            });
            inner.modify(resource_type, id, Condition::default(), there, wanted).await?;
            let back: Change = Arc::new(move |draft: &mut dyn Draft| {
                match before.lock().clone() {
                    Some(old) => draft.fields_mut().set(common::EXTERNAL_ID, old),
                    None => drop(draft.fields_mut().remove(common::EXTERNAL_ID)),
                }
                Ok(())
            });
            inner.modify(resource_type, id, Condition::default(), back, wanted).await
        })
    }
}
