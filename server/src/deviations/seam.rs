//! The five seams: what a deviation may do at each, as traits that the engine calls in order of activation.

use std::fmt;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use scim::schema::SchemaDocument;

use crate::clock::Clock;
use crate::http::{Answer, Incoming};
use crate::journal::Delivery;
use crate::operation::{Next, Operation, Outcome};
use crate::rules::Rules;
use crate::store::Store;

/// Where a deviation sits, and the function that makes one instance of it for an endpoint. Instances live until the
/// deviations change or the endpoint is reset, and may keep a state.
pub enum Seam {
    /// Delays, cuts, drops the answer after the work is done.
    Connection(fn(&Setup<'_>) -> Box<dyn ConnectionSeam>),
    /// Turns a request into none, one or several operations; runs before or after decoding.
    Request(fn(&Setup<'_>) -> Box<dyn RequestSeam>),
    /// Switches capabilities off, or changes other rules of an application.
    Rules(fn(&Setup<'_>, &mut Rules)),
    /// Decorates the store.
    Store(fn(&Setup<'_>) -> Box<dyn StoreSeam>),
    /// Rewrites status, headers and body of the answer.
    Answer(fn(&Setup<'_>) -> Box<dyn AnswerSeam>),
    /// Sits at the request and at the answer to it: what is translated on the way in is translated back on the way out.
    Exchange(fn(&Setup<'_>) -> BothSeams),
}

/// The two sides of a deviation that sits at the request and at the answer.
pub type BothSeams = (Box<dyn RequestSeam>, Box<dyn AnswerSeam>);

impl Seam {
    /// The seam's word in the design and the documentation.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Connection(_) => "connection",
            Self::Request(_) => "request",
            Self::Rules(_) => "rules",
            Self::Store(_) => "store",
            Self::Answer(_) => "answer",
            Self::Exchange(_) => "request and answer",
        }
    }
}

impl fmt::Debug for Seam {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an instance of a deviation is made from.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The endpoint's clock.
    pub clock: &'a Clock,
    /// For choices that look random and can be repeated.
    pub seed: u64,
    /// The parameter's value, checked; empty when the deviation has none.
    pub value: &'a str,
}

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    pub method: &'a Method,
    /// The whole path, as sent.
    pub path: &'a str,
    /// Without the question mark, as sent.
    pub query: Option<&'a str>,
    pub headers: &'a HeaderMap,
}

impl Head<'_> {
    /// Whether the request changes something: POST, PUT, PATCH or DELETE, except a query by POST.
    #[must_use]
    pub fn is_write(&self) -> bool {
        let searches = self.path.ends_with("/.search");
        matches!(*self.method, Method::PUT | Method::PATCH | Method::DELETE)
            || (self.method == Method::POST && !searches)
    }
}

/// What the connection does with a request or an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Waits so long first, by the endpoint's clock, which the control API can advance.
    pub delay: Option<SignedDuration>,
    pub delivery: Delivery,
}

impl Fate {
    /// Nothing happens to it.
    pub const DELIVERED: Self = Self { delay: None, delivery: Delivery::Sent };
    /// The connection is closed without a byte of the answer.
    pub const LOST: Self = Self { delay: None, delivery: Delivery::Lost };
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
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
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
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool;

    /// Changes the answer.
    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer);
}
