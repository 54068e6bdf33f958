//! Of two changes of one resource that come at the same time, the first is lost.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::meeting::{Meeting, Met};
use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Changed;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "concurrency.update-lost",
    summary: "a PATCH reads, changes and writes back, so that of two at the same time one is lost",
    breaks: Breaks::Requirements(&["RFC7644-3.5.2.1-07", "RFC7644-3.5.2-29"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(UpdateLost::default())),
};

#[derive(Default)]
struct UpdateLost(Meeting<Uuid>);

impl RequestSeam for UpdateLost {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let Operation::Patch { resource_type, id, .. } = operation else { return next.run(operation) };
        Box::pin(async move {
            if self.0.attend(id).await != Met::AsFirst {
                return next.run(operation).await;
            }
            // What the first would have written is written over by the second.
            let stored = next.stored(resource_type, id).await?;
            Ok(Outcome::Changed(Changed { stored, modified: false }))
        })
    }
}
