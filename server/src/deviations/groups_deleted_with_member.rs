//! The deletion of a user deletes its groups.

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::{Condition, Wanted};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "groups.deleted-with-member",
    summary: "the deletion of a user deletes the groups that it is a direct member of",
    breaks: Breaks::Requirements(&["RFC7644-3.4.1-01"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(DeletedWithMember)),
};

struct DeletedWithMember;

impl RequestSeam for DeletedWithMember {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Delete { resource_type, id, .. } = &operation else { return next.run(operation).await };
            let wanted = Wanted { members: true, groups: true };
            let look = Operation::Get { resource_type: *resource_type, id: *id };
            let found = next.showing(wanted).run(look).await;
            let deleted = next.run(operation).await?;
            if let Ok(Outcome::Found(stored)) = found {
                for group in stored.groups().iter().filter(|group| group.direct) {
                    let (resource_type, id) = (group.resource_type, group.id);
                    next.run(Operation::Delete { resource_type, id, condition: Condition::default() }).await?;
                }
            }
            Ok(deleted)
        })
    }
}
