//! Lists are behind: a new resource is missing from the first list after its creation.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "list.behind",
    summary: "the first list that should hold a new resource does not; from the second on it is there",
    breaks: Breaks::Requirements(&["RFC7644-3.3-19"]),
    seen: &[],
    parameter: None,
    seam: Seam::Request(|_| Box::new(Behind::default())),
};

#[derive(Default)]
struct Behind {
    /// What no list has held yet.
    fresh: Mutex<HashSet<Uuid>>,
}

impl RequestSeam for Behind {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let mut outcome = next.run(operation).await?;
            let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut outcome {
                Outcome::Created(stored) => {
                    fresh.insert(stored.id);
                }
                Outcome::Listed(page) => {
                    let before = page.resources.len();
                    page.resources.retain(|stored| !fresh.remove(&stored.id));
                    page.total -= before - page.resources.len();
                }
                _ => {}
            }
            Ok(outcome)
        })
    }
}
