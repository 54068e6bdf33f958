//! PUT ignores null.

use std::sync::Arc;

use scim::resource::Slot;

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.null-ignored",
    summary: "a PUT with null or an empty array for an attribute leaves its value as it is",
    breaks: Breaks::Requirements(&["RFC7643-2.5-02", "RFC7643-2.5-03"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(PutNullIgnored)),
};

struct PutNullIgnored;

impl RequestSeam for PutNullIgnored {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Replace { resource_type, id, fields, condition } = operation else {
                return next.run(operation).await;
            };
            let put = next.replacement(resource_type, Arc::clone(&fields));
            next.edit(resource_type, id, condition, move |draft, _| {
                let before = draft.fields().clone();
                put(draft)?;
                for (id, _) in fields.iter().filter(|(_, slot)| **slot == Slot::Null) {
                    if let Some(old) = before.slot(id) {
                        draft.fields_mut().set(id, old.clone());
                    }
                }
                Ok(())
            })
            .await
        })
    }
}
