//! A deviation that is watched: where it changes something, it is noted as having acted on the request.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::acted::{self, Passage};
use crate::application::{AnswerSeam, ConnectionSeam, Next, Operation, Outcome, RequestSeam};
use crate::message::{Answer, Fate, Head, IncomingRequest};

/// A seam with the name of its deviation.
pub(crate) struct WatchedSeam<S: ?Sized> {
    pub(crate) label: Arc<str>,
    pub(crate) seam: Arc<S>,
}

impl ConnectionSeam for WatchedSeam<dyn ConnectionSeam> {
    fn before(&self, head: &Head<'_>) -> Fate {
        self.noted(self.seam.before(head))
    }

    fn after(&self, head: &Head<'_>, answer: &Answer) -> Fate {
        self.noted(self.seam.after(head, answer))
    }
}

impl WatchedSeam<dyn ConnectionSeam> {
    fn noted(&self, fate: Fate) -> Fate {
        if fate != Fate::DELIVERED {
            acted::note(&self.label);
        }
        fate
    }
}

impl RequestSeam for WatchedSeam<dyn RequestSeam> {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        if !acted::is_traced() {
            return self.seam.rewrite(incoming);
        }
        let before = format!("{incoming:?}");
        let result = self.seam.rewrite(incoming);
        if result.is_err() || format!("{incoming:?}") != before {
            acted::note(&self.label);
        }
        result
    }

    fn run<'a>(&'a self, operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if !acted::is_traced() {
            return self.seam.run(operation, next);
        }
        Box::pin(async move {
            let given = format!("{operation:?}");
            acted::enter();
            let outcome = self.seam.run(operation, next).await;
            let unchanged = Passage { operation: given, outcome: format!("{outcome:?}") };
            if !is_unchanged(&acted::leave(), &unchanged) {
                acted::note(&self.label);
            }
            outcome
        })
    }
}

/// Whether the operation was passed on as it came and answered as it was; what was read beside it changes nothing.
fn is_unchanged(passages: &[Passage], unchanged: &Passage) -> bool {
    let reads = |passage: &Passage| passage.operation.starts_with("Get") || passage.operation.starts_with("List");
    passages.contains(unchanged) && passages.iter().all(|own| own.operation == unchanged.operation || reads(own))
}

impl AnswerSeam for WatchedSeam<dyn AnswerSeam> {
    fn concerns(&self, head: &Head<'_>, answer: &Answer) -> bool {
        self.seam.concerns(head, answer)
    }

    fn rewrite(&self, head: &Head<'_>, answer: &mut Answer) {
        if !acted::is_traced() {
            return self.seam.rewrite(head, answer);
        }
        let before = answer.clone();
        self.seam.rewrite(head, answer);
        if (before.status, &before.headers, &before.body) != (answer.status, &answer.headers, &answer.body) {
            acted::note(&self.label);
        }
    }
}
