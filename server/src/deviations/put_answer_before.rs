//! PUT shows the resource as it was.

use crate::store::Changed;

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.answer-before",
    summary: "the answer to a PUT shows the resource as it was before",
    breaks: Breaks::Requirements(&["RFC7644-3.5.1-15", "RFC7644-3.1-09"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(PutAnswerBefore)),
};

struct PutAnswerBefore;

impl RequestSeam for PutAnswerBefore {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Replace { resource_type, id, .. } = operation else { return next.run(operation).await };
            let before = next.run(Operation::Get { resource_type, id }).await?;
            match (next.run(operation).await?, before) {
                (Outcome::Changed(changed), Outcome::Found(stored)) => {
                    Ok(Outcome::Changed(Changed { stored, modified: changed.modified }))
                }
                (outcome, _) => Ok(outcome),
            }
        })
    }
}
