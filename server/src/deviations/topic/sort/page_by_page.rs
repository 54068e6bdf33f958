//! Each page is sorted by itself.

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::{SortBy, Window};
use futures_util::future::BoxFuture;

/// See the [module documentation](self).
pub struct PageByPage;

impl RequestSeam for PageByPage {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::List(query) = &mut operation else { return next.run(operation).await };
            let is_page = matches!(query.window, Window::Index { .. });
            let Some(sort) = query.sort.take_if(|_| is_page) else { return next.run(operation).await };
            let mut outcome = next.run(operation).await?;
            if let Outcome::Listed(page) = &mut outcome {
                let by = SortBy::new(next.registry(), &sort);
                let perspective = next.perspective("");
                page.resources.sort_by(|left, right| {
                    let key = |stored: &crate::store::StoredResource| by.key(stored.record(perspective));
                    by.compare(key(left).as_ref(), key(right).as_ref())
                });
            }
            Ok(outcome)
        })
    }
}
