//! Where a deviation sits: one of the seams of [`crate::application`], or two of them.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use scim::schema::SchemaDocument;

use crate::application::{AnswerSeam, ConnectionSeam, Next, Operation, Outcome, RequestSeam, Setup, StoreSeam};
use crate::message::{Answer, Head, IncomingRequest};
use crate::rules::Rules;
use crate::store::Store;

/// Where a deviation sits, and what it does there.
pub enum Seam {
    /// Delays, cuts, drops the answer after the work is done.
    Connection(fn(&Setup<'_>) -> Box<dyn ConnectionSeam>),
    /// Turns a request into none, one or several operations; runs before or after decoding.
    Request(ConditionalPart<fn(&IncomingRequest<'_>) -> bool, dyn RequestSeam>),
    /// Switches capabilities off, or changes other rules of an application.
    Rules(fn(&mut Rules)),
    /// Decorates the store.
    Store(Part<dyn StoreSeam>),
    /// Rewrites status, headers and body of the answer.
    Answer(ConditionalPart<fn(&Head<'_>, &Answer) -> bool, dyn AnswerSeam>),
    /// Sits at the request and at the answer to it: what is translated on the way in is translated back on the way out.
    Exchange(fn(&Setup<'_>) -> BothSeams),
}

/// A part, and the condition under which it acts.
pub struct ConditionalPart<C, S: ?Sized + 'static> {
    pub condition: Option<C>,
    pub part: Part<S>,
}

/// What acts at a seam.
pub enum Part<S: ?Sized + 'static> {
    /// It has no state, so one serves every endpoint.
    Ready(&'static S),
    /// It has a state or a parameter. Instances live until the deviations change or the endpoint is reset.
    Made(fn(&Setup<'_>) -> Box<S>),
}

impl ConditionalPart<fn(&IncomingRequest<'_>) -> bool, dyn RequestSeam> {
    pub(crate) fn instance(&self, setup: &Setup<'_>) -> Arc<dyn RequestSeam> {
        let part: Box<dyn RequestSeam> = match self.part {
            Part::Ready(part) => Box::new(part),
            Part::Made(make) => make(setup),
        };
        match self.condition {
            Some(given) => Arc::new(GuardedRequest { given, part }),
            None => part.into(),
        }
    }
}

impl ConditionalPart<fn(&Head<'_>, &Answer) -> bool, dyn AnswerSeam> {
    pub(crate) fn instance(&self, setup: &Setup<'_>) -> Arc<dyn AnswerSeam> {
        let part: Box<dyn AnswerSeam> = match self.part {
            Part::Ready(part) => Box::new(part),
            Part::Made(make) => make(setup),
        };
        match self.condition {
            Some(when) => Arc::new(GuardedAnswer { when, part }),
            None => part.into(),
        }
    }
}

impl Part<dyn StoreSeam> {
    pub(crate) fn instance(&self, setup: &Setup<'_>) -> Arc<dyn StoreSeam> {
        match self {
            Self::Ready(part) => Arc::new(*part),
            Self::Made(make) => make(setup).into(),
        }
    }
}

struct GuardedRequest {
    given: fn(&IncomingRequest<'_>) -> bool,
    part: Box<dyn RequestSeam>,
}

impl RequestSeam for GuardedRequest {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if (self.given)(incoming) { self.part.rewrite(incoming) } else { Ok(()) }
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        self.part.run(operation, next)
    }
}

struct GuardedAnswer {
    when: fn(&Head<'_>, &Answer) -> bool,
    part: Box<dyn AnswerSeam>,
}

impl AnswerSeam for GuardedAnswer {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        (self.when)(head, answer) && self.part.concerns(head, answer)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        self.part.rewrite(head, answer);
    }
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

impl RequestSeam for &'static dyn RequestSeam {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        (**self).rewrite(incoming)
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        (**self).run(operation, next)
    }
}

impl StoreSeam for &'static dyn StoreSeam {
    fn enforce(&self, schemas: &mut [SchemaDocument]) {
        (**self).enforce(schemas);
    }

    fn wrap(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        (**self).wrap(store)
    }
}

impl AnswerSeam for &'static dyn AnswerSeam {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        (**self).concerns(head, answer)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        (**self).rewrite(head, answer);
    }
}
