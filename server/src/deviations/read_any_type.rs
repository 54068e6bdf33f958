//! An id is looked up among all resources.

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "read.any-type",
    summary: "GET of an id below the endpoint of another resource type finds the resource",
    breaks: Breaks::Requirements(&["RFC7644-3.4.1-05"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(ReadAnyType)),
};

struct ReadAnyType;

impl RequestSeam for ReadAnyType {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Get { id, .. } = operation else { return next.run(operation).await };
            let mut outcome = next.run(operation).await;
            for (resource_type, _) in next.registry().resource_types() {
                if outcome.is_ok() {
                    break;
                }
                outcome = next.run(Operation::Get { resource_type, id }).await;
            }
            outcome
        })
    }
}
