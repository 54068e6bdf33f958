//! The version is compared when a request arrives, and not when it is carried out.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::meeting::Meeting;
use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Condition;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "concurrency.version-checked-early",
    summary: "of two writers with one version both succeed when they come at the same time",
    breaks: Breaks::Requirements(&["RFC7644-3.5.1-19", "RFC7644-3.14-08"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(CheckedEarly::default())),
};

#[derive(Default)]
struct CheckedEarly(Meeting<Uuid>);

impl RequestSeam for CheckedEarly {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        let (Operation::Replace { resource_type, id, condition, .. }
        | Operation::Patch { resource_type, id, condition, .. }) = &mut operation
        else {
            return next.run(operation);
        };
        if condition.if_match.is_empty() {
            return next.run(operation);
        }
        let (resource_type, id, versions) = (*resource_type, *id, condition.if_match.clone());
        Box::pin(async move {
            let now = next.stored(resource_type, id).await?;
            if versions.contains(&now.version) {
                self.0.attend(id).await;
                if let Operation::Replace { condition, .. } | Operation::Patch { condition, .. } = &mut operation {
                    *condition = Condition::default();
                }
            }
            next.run(operation).await
        })
    }
}
