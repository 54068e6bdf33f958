//! PUT on a resource that does not exist creates one.

use futures_util::future::BoxFuture;
use scim::ErrorKind;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "put.creates",
    summary: "PUT on a resource that does not exist creates one, under an id of the endpoint's",
    breaks: Breaks::Requirements(&["RFC7644-3.5.1-02", "RFC7644-3.5.1-18"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(PutCreates)),
};

struct PutCreates;

impl RequestSeam for PutCreates {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Replace { resource_type, fields, .. } = &operation else { return next.run(operation).await };
            let creation = Operation::Create { resource_type: *resource_type, fields: fields.clone() };
            match next.run(operation).await {
                Err(error) if error.kind() == ErrorKind::NotFound => next.run(creation).await,
                outcome => outcome,
            }
        })
    }
}
