//! Lists that nothing sorts come in the opposite order at every second request.

use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::{Sort, Window};

/// See the [module documentation](self).
#[derive(Default)]
pub struct OtherOrder {
    lists: AtomicU64,
}

impl RequestSeam for OtherOrder {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if let Operation::List(query) = &mut operation
            // A cursor stands for a place in one order.
            && matches!(query.window, Window::Index { .. })
            && query.sort.is_none()
            && self.lists.fetch_add(1, Ordering::Relaxed) % 2 == 1
            && let Some(attribute) = next.registry().find_attribute(query.resource_type, "id")
        {
            query.sort = Some(Sort { attribute, sub_attribute: None, descending: true });
        }
        next.run(operation)
    }
}
