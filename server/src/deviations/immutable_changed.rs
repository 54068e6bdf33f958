//! PUT changes what is immutable.

use scim::schema::Mutability;

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
            let put = next.replacement(resource_type, fields);
            next.edit(resource_type, id, condition, move |draft, registry| {
                for schema in registry.schemas_of(resource_type) {
                    for &id in &registry.schema(schema).attributes {
                        if registry.attribute(id).mutability == Mutability::Immutable {
                            draft.fields_mut().remove(id);
                        }
                    }
                }
                put(draft)
            })
            .await
        })
    }
}
