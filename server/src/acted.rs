//! Which deviations acted on the request that is answered now. A deviation that is active and lets a request pass as it is has not
//! acted, so that the author of a client sees which exchanges met one.
//!
//! Deviations at the connection, the request and the answer are watched by what they change; of those at the rules, the ones that
//! switch a capability off are seen where it is refused. Others change the endpoint as a whole.

use std::cell::RefCell;
use std::sync::Arc;

tokio::task_local! {
    static TRACE: RefCell<Trace>;
}

/// What is known of one request.
#[derive(Default)]
struct Trace {
    acted: Vec<Arc<str>>,
    /// One for each deviation that runs an operation now, the innermost last.
    passages: Vec<Vec<Passage>>,
}

/// An operation that a deviation passed on, and the outcome that came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Passage {
    pub operation: String,
    pub outcome: String,
}

/// Does the work, and gives the deviations that acted on it, in the order in which they did.
pub(crate) async fn traced<T>(work: impl Future<Output = T>) -> (T, Vec<Arc<str>>) {
    let trace = async {
        let done = work.await;
        (done, TRACE.with(|trace| std::mem::take(&mut trace.borrow_mut().acted)))
    };
    TRACE.scope(RefCell::default(), trace).await
}

/// Whether anybody wants to know.
pub(crate) fn is_traced() -> bool {
    TRACE.try_with(|_| ()).is_ok()
}

/// A deviation has acted.
pub(crate) fn note(deviation: &Arc<str>) {
    // Without a trace nobody asks.
    let _ = TRACE.try_with(|trace| {
        let acted = &mut trace.borrow_mut().acted;
        if !acted.contains(deviation) {
            acted.push(Arc::clone(deviation));
        }
    });
}

/// A deviation begins to run an operation.
pub(crate) fn enter() {
    let _ = TRACE.try_with(|trace| trace.borrow_mut().passages.push(Vec::new()));
}

/// It is done; gives what it passed on.
pub(crate) fn leave() -> Vec<Passage> {
    TRACE.try_with(|trace| trace.borrow_mut().passages.pop()).ok().flatten().unwrap_or_default()
}

/// Whether a deviation runs an operation now, so that what it passes on is looked at.
pub(crate) fn is_watched() -> bool {
    TRACE.try_with(|trace| !trace.borrow().passages.is_empty()).unwrap_or(false)
}

/// The deviation that runs an operation now has passed this on.
pub(crate) fn passed(passage: Passage) {
    let _ = TRACE.try_with(|trace| {
        if let Some(passages) = trace.borrow_mut().passages.last_mut() {
            passages.push(passage);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_deviation_is_named_once_in_the_order_in_which_they_acted() {
        let [first, second]: [Arc<str>; 2] = ["put.refused".into(), "filter.ignored".into()];
        let work = async {
            note(&first);
            tokio::task::yield_now().await;
            note(&second);
            note(&first);
            7
        };
        assert_eq!(traced(work).await, (7, vec![Arc::clone(&first), second]));
        note(&first);
        assert!(!is_traced() && !is_watched());
    }
}
