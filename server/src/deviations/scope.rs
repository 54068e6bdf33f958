//! A deviation that acts on requests about resources of one type, and on no others.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use scim::schema::{Registry, ResourceTypeId};

use crate::application::{AnswerSeam, ConnectionSeam, Next, Operation, Outcome, RequestSeam};
use crate::message::{Answer, Fate, Head, IncomingRequest};

/// The resource type that a deviation is limited to.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    id: ResourceTypeId,
    /// With a leading slash, such as `/Groups`.
    endpoint: String,
}

impl Scope {
    /// The resource type of this name; `None` if the endpoint has none.
    pub(crate) fn named(registry: &Registry, name: &str) -> Option<Self> {
        let id = registry.resource_type_by_name(name)?;
        Some(Self { id, endpoint: registry.resource_type(id).document.endpoint.clone() })
    }

    /// Whether a path is the collection's, or leads below it.
    fn has(&self, path: &str) -> bool {
        let own = self.endpoint.trim_start_matches('/');
        path.split('/').any(|segment| segment.eq_ignore_ascii_case(own))
    }

    fn is_about(&self, operation: &Operation) -> bool {
        let resource_type = match operation {
            Operation::Create { resource_type, .. }
            | Operation::Get { resource_type, .. }
            | Operation::Replace { resource_type, .. }
            | Operation::Patch { resource_type, .. }
            | Operation::Delete { resource_type, .. } => *resource_type,
            Operation::List(query) => query.resource_type,
        };
        resource_type == self.id
    }
}

/// A seam that is limited to a [`Scope`].
pub(crate) struct LimitedSeam<S: ?Sized> {
    pub(crate) scope: Scope,
    pub(crate) seam: Arc<S>,
}

impl ConnectionSeam for LimitedSeam<dyn ConnectionSeam> {
    fn before(&self, head: &Head<'_>) -> Fate {
        if self.scope.has(head.path) { self.seam.before(head) } else { Fate::DELIVERED }
    }

    fn after(&self, head: &Head<'_>, answer: &Answer) -> Fate {
        if self.scope.has(head.path) { self.seam.after(head, answer) } else { Fate::DELIVERED }
    }
}

impl RequestSeam for LimitedSeam<dyn RequestSeam> {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if self.scope.has(&incoming.path) { self.seam.rewrite(incoming) } else { Ok(()) }
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if self.scope.is_about(&operation) { self.seam.run(operation, next) } else { next.run(operation) }
    }
}

impl AnswerSeam for LimitedSeam<dyn AnswerSeam> {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        self.scope.has(head.path) && self.seam.concerns(head, answer)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        self.seam.rewrite(head, answer);
    }
}
