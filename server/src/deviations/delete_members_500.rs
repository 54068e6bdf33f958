//! Who belongs to a group cannot be deleted.

use futures_util::future::BoxFuture;
use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Wanted;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "delete.members-500",
    summary: "a DELETE of a user who is a member of a group is answered 500",
    breaks: Breaks::Requirements(&["RFC7644-3.6-06", "RFC7644-3.6-10"]),
    seen: &["https://github.com/getprobo/probo/pull/1277"],
    parameter: None,
    seam: Seam::request(|_| Box::new(Members500)),
};

struct Members500;

impl RequestSeam for Members500 {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            if let Operation::Delete { resource_type, id, .. } = operation
                && let Outcome::Found(stored) = next
                    .showing(Wanted { members: false, groups: true })
                    .run(Operation::Get { resource_type, id })
                    .await?
                && !stored.groups().is_empty()
            {
                return Err(Error::new(ErrorKind::Internal, "the user is still referred to"));
            }
            next.run(operation).await
        })
    }
}
