//! The seams: what a deviation can do at each, as traits that the engine calls in order of activation. The engine names no
//! deviation.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use scim::schema::SchemaDocument;
use tokio::sync::watch;

use super::{Next, Operation, Outcome};
use crate::clock::Clock;
use crate::message::{Answer, Fate, Head, IncomingRequest};
use crate::store::Store;

/// What an instance of a deviation is made from.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The endpoint's clock.
    pub clock: &'a Clock,
    /// For choices that look random and can be repeated.
    pub seed: u64,
    /// How many requests that were sent together have no answer yet, where the caller says it; see
    /// [`crate::Config::under_way`].
    pub under_way: Option<&'a watch::Receiver<usize>>,
    /// The parameter's value, checked; empty when the deviation has none.
    pub value: &'a str,
}

/// A deviation at the connection.
pub trait ConnectionSeam: Send + Sync {
    /// Before the request is looked at: lost here, its work is not done.
    fn before(&self, head: &Head<'_>) -> Fate {
        let _ = head;
        Fate::DELIVERED
    }

    /// When the work is done and the answer is ready.
    fn after(&self, head: &Head<'_>, answer: &Answer) -> Fate {
        let _ = (head, answer);
        Fate::DELIVERED
    }
}

/// A deviation at the request.
pub trait RequestSeam: Send + Sync {
    /// Before decoding: changes the method, the path below the base, the query, headers or body.
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let _ = incoming;
        Ok(())
    }

    /// After decoding: runs the operation, another one, several in turn, or none, through `next`, which can be used more
    /// than once. The outcome returned is the one that is answered.
    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        next.run(operation)
    }
}

/// A deviation at the store.
pub trait StoreSeam: Send + Sync {
    /// Changes the schemas that the store itself enforces (uniqueness); what discovery publishes and what requests are
    /// decoded by stays. Attributes must keep their number and order. Switching such a deviation on or off empties the
    /// store.
    fn enforce(&self, schemas: &mut [SchemaDocument]) {
        let _ = schemas;
    }

    /// Puts another store before the real one.
    fn wrap(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        store
    }
}

/// A deviation at the answer.
pub trait AnswerSeam: Send + Sync {
    /// Whether to look at this answer at all; others are never parsed.
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        let _ = (head, answer);
        true
    }

    /// Changes the answer.
    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer);
}

/// The deviations that requests pass, at each seam in the order in which they act.
#[derive(Clone, Default)]
pub(crate) struct Seams {
    pub connection: Vec<Arc<dyn ConnectionSeam>>,
    pub request: Vec<Arc<dyn RequestSeam>>,
    pub answer: Vec<Arc<dyn AnswerSeam>>,
}

impl Seams {
    /// Adds those that act behind these.
    pub fn extend(&mut self, others: Self) {
        self.connection.extend(others.connection);
        self.request.extend(others.request);
        self.answer.extend(others.answer);
    }
}
