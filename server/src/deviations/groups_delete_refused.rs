//! A group that has members cannot be deleted.

use futures_util::future::BoxFuture;
use scim::{Error, ErrorKind};

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Wanted;

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.delete-refused",
    summary: "a group that has members cannot be deleted",
    breaks: Breaks::Requirements(&["RFC7644-3.6-06"]),
    seen: &["https://github.com/getprobo/probo/pull/1277"],
    parameter: None,
    seam: Seam::request(|_| Box::new(DeleteRefused)),
};

struct DeleteRefused;

impl RequestSeam for DeleteRefused {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Delete { resource_type, id, .. } = &operation else { return next.run(operation).await };
            let wanted = Wanted { members: true, groups: true };
            let look = Operation::Get { resource_type: *resource_type, id: *id };
            let found = next.showing(wanted).run(look).await;
            if let Ok(Outcome::Found(stored)) = found
                && !stored.members().is_empty()
            {
                return Err(Error::new(ErrorKind::Conflict, "the group has members; take them out first"));
            }
            next.run(operation).await
        })
    }
}
