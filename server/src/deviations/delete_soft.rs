//! A deleted resource stays.

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "delete.soft",
    summary: "a DELETE is answered with 204 and deletes nothing",
    breaks: Breaks::Requirements(&["RFC7644-3.2-12", "RFC7644-3.6-02", "RFC7644-3.6-03", "RFC7644-3.6-04"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(DeleteSoft)),
};

struct DeleteSoft;

impl RequestSeam for DeleteSoft {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            match operation {
                Operation::Delete { resource_type, id, .. } => {
                    next.run(Operation::Get { resource_type, id }).await.map(|_| Outcome::Deleted)
                }
                operation => next.run(operation).await,
            }
        })
    }
}
