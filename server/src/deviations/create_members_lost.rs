//! A group is created without its members.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "create.members-lost",
    summary: "the members in the body of a POST to /Groups are ignored",
    breaks: Breaks::Requirements(&["RFC7644-3.3-18"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(CreateMembersLost)),
};

struct CreateMembersLost;

impl RequestSeam for CreateMembersLost {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if let Operation::Create { fields, .. } = &mut operation
            && let Some(members) = next.registry().members()
        {
            Arc::make_mut(fields).remove(members);
        }
        next.run(operation)
    }
}
