//! PUT changes what is immutable.

use std::sync::Arc;

use scim::patch::{self, Draft};
use scim::schema::Mutability;

use crate::store::{Change, Wanted};

use futures_util::future::BoxFuture;

use super::{Breaks, Deviation, Seam};
use crate::application::{Next, Operation, Outcome, RequestSeam};

/// See the [module documentation](self).
pub static DEVIATION: Deviation = Deviation {
    id: "immutable.changed",
    summary: "a PUT changes immutable attributes like any other",
    breaks: Breaks::Requirements(&["RFC7643-7-31", "RFC7644-3.5.1-10", "RFC7644-3.5.1-11"]),
    seen: &[],
    parameter: None,
    seam: Seam::request(|_| Box::new(ImmutableChanged)),
};

struct ImmutableChanged;

impl RequestSeam for ImmutableChanged {
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        Box::pin(async move {
            let Operation::Replace { resource_type, id, fields, condition } = operation else {
                return next.run(operation).await;
            };
            let registry = Arc::clone(&next.front().registry);
            let change: Change = Arc::new(move |draft: &mut dyn Draft| {
                for schema in registry.schemas_of(resource_type) {
                    for &id in &registry.schema(schema).attributes {
                        if registry.attribute(id).mutability == Mutability::Immutable {
                            draft.fields_mut().remove(id);
                        }
                    }
                }
                patch::replace(&registry, resource_type, &fields, draft)
            });
            let wanted = Wanted { members: true, groups: true };
            next.front().store.modify(resource_type, id, condition, change, wanted).await.map(Outcome::Changed)
        })
    }
}
