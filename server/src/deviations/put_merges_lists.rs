//! PUT adds to a list.

use scim::resource::Slot;

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
            let put = next.replacement(resource_type, fields);
            next.edit(resource_type, id, condition, move |draft, _| {
                let before = draft.fields().clone();
                put(draft)?;
                for (id, slot) in before.iter() {
                    if let (Slot::Many(old), Some(Slot::Many(new))) = (slot, draft.fields_mut().slot_mut(id)) {
                        let missing: Vec<_> = old.iter().filter(|value| !new.contains(value)).cloned().collect();
                        new.extend(missing);
                    }
                }
                Ok(())
            })
            .await
        })
    }
}
