//! A PATCH that changes nothing counts as a change.

use std::sync::Arc;

use scim::patch::Draft;
use scim::resource::{Slot, Value};
use scim::schema::common;

use super::modified::{Call, Modified, Modify};
use super::{Breaks, Deviation, Seam};
use crate::application::StoreSeam;
use crate::store::{Answer, Change, Changed, Condition, Store};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "patch.no-change-touches",
    summary: "a change that changes nothing gives the resource a new version and lastModified",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.1-13"]),
    seen: &[],
    parameter: None,
    seam: Seam::Store(|_| Box::new(NoChangeTouches)),
};

struct NoChangeTouches;

impl StoreSeam for NoChangeTouches {
    fn wrap(&self, inner: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(Modified { inner, how: Touch })
    }
}

struct Touch;

impl Modify for Touch {
    fn modify<'a>(&'a self, inner: &'a dyn Store, call: Call) -> Answer<'a, Changed> {
        let (resource_type, id, wanted) = (call.resource_type, call.id, call.wanted);
        Box::pin(async move {
            let changed = call.run(inner).await?;
            if changed.modified {
                return Ok(changed);
            }
            // There and back again: the store itself sees no change in writing what is there.
            let before = Arc::new(std::sync::Mutex::new(None));
            let noted = Arc::clone(&before);
            let there: Change = Arc::new(move |draft: &mut dyn Draft| {
                let old = draft.fields_mut().remove(common::EXTERNAL_ID);
                *noted.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = old;
                draft.fields_mut().set(common::EXTERNAL_ID, Slot::One(Value::String("touched".into())));
                Ok(())
            });
            inner.modify(resource_type, id, Condition::default(), there, wanted).await?;
            let back: Change = Arc::new(move |draft: &mut dyn Draft| {
                let old = before.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
                match old {
                    Some(old) => draft.fields_mut().set(common::EXTERNAL_ID, old),
                    None => drop(draft.fields_mut().remove(common::EXTERNAL_ID)),
                }
                Ok(())
            });
            inner.modify(resource_type, id, Condition::default(), back, wanted).await
        })
    }
}
