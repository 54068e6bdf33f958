//! PUT adds to a list.

use std::sync::Arc;

use scim::patch::{self, Draft};
use scim::resource::Slot;

use crate::store::{Change, Wanted};

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.merges-lists",
    summary: "a PUT adds its values of a multi-valued attribute to those that are there",
    breaks: Breaks::Requirements(&["RFC7644-3.5.1-16", "RFC7644-3.5.1-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(PutMergesLists)),
};

struct PutMergesLists;

impl RequestSeam for PutMergesLists {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Replace { resource_type, id, fields, condition } = operation else {
                return next.run(operation).await;
            };
            let registry = Arc::clone(&next.front().registry);
            let change: Change = Arc::new(move |draft: &mut dyn Draft| {
                let before = draft.fields().clone();
                patch::replace(&registry, resource_type, &fields, draft)?;
                for (id, slot) in before.iter() {
                    if let (Slot::Many(old), Some(Slot::Many(new))) = (slot, draft.fields_mut().slot_mut(id)) {
                        let missing: Vec<_> = old.iter().filter(|value| !new.contains(value)).cloned().collect();
                        new.extend(missing);
                    }
                }
                Ok(())
            });
            let wanted = Wanted { members: true, groups: true };
            next.front().store.modify(resource_type, id, condition, change, wanted).await.map(Outcome::Changed)
        })
    }
}
