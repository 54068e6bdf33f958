//! Max Threads: an operation takes a slot while it runs.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use futures_util::poll;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// The slots of one cycle.
pub(super) struct Slots(Arc<Semaphore>);

/// A place in the queue for a slot.
pub(super) struct QueuePlace(Turn);

enum Turn {
    /// Its turn has come; without a slot where the cycle is over.
    Come(Option<OwnedSemaphorePermit>),
    Waiting(Pin<Box<dyn Future<Output = Result<OwnedSemaphorePermit, AcquireError>> + Send>>),
}

impl Slots {
    pub(super) fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count.max(1))))
    }

    /// Takes a place in the queue at once. Slots are given out in the order of these calls, whichever task runs first, so
    /// that operations of a cycle with one slot go in the order of the source.
    pub(super) async fn queue_up(&self) -> QueuePlace {
        let mut place = Box::pin(Arc::clone(&self.0).acquire_owned());
        QueuePlace(match poll!(&mut place) {
            Poll::Ready(slot) => Turn::Come(slot.ok()),
            Poll::Pending => Turn::Waiting(place),
        })
    }
}

impl QueuePlace {
    /// The slot, when its turn has come.
    pub(super) async fn slot(self) -> Option<OwnedSemaphorePermit> {
        match self.0 {
            Turn::Come(slot) => slot,
            Turn::Waiting(place) => place.await.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::JoinSet;

    use super::*;

    #[tokio::test]
    async fn slots_are_given_out_in_the_order_of_the_queue() {
        let slots = Slots::new(1);
        let mut places = Vec::new();
        for number in 0..4 {
            places.push((number, slots.queue_up().await));
        }
        let (sender, mut served) = tokio::sync::mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        // The last of the queue is the first to run.
        for (number, place) in places.into_iter().rev() {
            let sender = sender.clone();
            tasks.spawn(async move {
                let _slot = place.slot().await;
                sender.send(number).unwrap();
            });
        }
        drop(sender);
        tasks.join_all().await;
        let mut order = Vec::new();
        while let Some(number) = served.recv().await {
            order.push(number);
        }
        assert_eq!(order, [0, 1, 2, 3]);
    }
}
