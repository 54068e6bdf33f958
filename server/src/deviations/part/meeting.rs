//! Two requests that must meet for a race to be lost: the first waits for the second, as long as another can come.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot, watch};

use crate::application::Setup;

/// Requests that are sent together arrive well within this time, unless the machine is busy; every other one is late by no more.
const PATIENCE: Duration = Duration::from_millis(25);

/// Whom a request met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encounter {
    Nobody,
    /// It waited, and another came.
    AsFirst,
    /// Another was waiting.
    AsSecond,
}

/// How long a request waits for another.
#[derive(Clone, Debug)]
pub enum Patience {
    /// As long as the caller has more requests under way than wait here: the same in every run, however slow the machine is.
    WhileUnderWay(watch::Receiver<usize>),
    /// For [`PATIENCE`].
    Short,
}

impl Patience {
    /// By what the caller says of its requests, where it says something.
    pub fn of(setup: &Setup<'_>) -> Self {
        setup.under_way.map_or(Self::Short, |under_way| Self::WhileUnderWay(under_way.clone()))
    }
}

/// The places where requests wait for each other, one for each key.
#[derive(Debug)]
pub struct Meeting<K> {
    waiting: Mutex<HashMap<K, oneshot::Sender<()>>>,
    /// One more waits.
    arrived: Notify,
    patience: Patience,
}

impl<K: Clone + Eq + Hash> Meeting<K> {
    pub fn new(patience: Patience) -> Self {
        Self { waiting: Mutex::default(), arrived: Notify::new(), patience }
    }

    /// Meets whoever waits at `key`, or else waits there.
    pub async fn attend(&self, key: K) -> Encounter {
        self.meet(key.clone(), &key).await
    }

    /// Meets whoever waits at `other`, or else waits at `own`. A later one at the same place takes the turn of an earlier.
    pub async fn meet(&self, own: K, other: &K) -> Encounter {
        let (sender, mut receiver) = oneshot::channel();
        {
            let mut waiting = self.waiting.lock();
            if waiting.remove(other).is_some_and(|first| first.send(()).is_ok()) {
                return Encounter::AsSecond;
            }
            waiting.insert(own.clone(), sender);
        }
        self.arrived.notify_waiters();
        let met = tokio::select! {
            biased;
            met = &mut receiver => met.is_ok(),
            () = self.until_no_other_can_come() => self.leave(&own, receiver),
        };
        if met { Encounter::AsFirst } else { Encounter::Nobody }
    }

    /// Waits no longer; says whether another came in the meantime.
    fn leave(&self, own: &K, mut receiver: oneshot::Receiver<()>) -> bool {
        // Under the lock, so that both sides agree on whether they met.
        let mut waiting = self.waiting.lock();
        let met = receiver.try_recv().is_ok();
        drop(receiver);
        if !met && waiting.get(own).is_some_and(oneshot::Sender::is_closed) {
            waiting.remove(own);
        }
        met
    }

    async fn until_no_other_can_come(&self) {
        let Patience::WhileUnderWay(under_way) = &self.patience else { return tokio::time::sleep(PATIENCE).await };
        let mut under_way = under_way.clone();
        loop {
            let arrived = self.arrived.notified();
            if *under_way.borrow_and_update() <= self.waiting.lock().len() {
                return;
            }
            tokio::select! {
                changed = under_way.changed() => {
                    if changed.is_err() {
                        return;
                    }
                }
                () = arrived => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_meet_and_one_alone_goes_on() {
        let meeting = Meeting::new(Patience::Short);
        assert_eq!(tokio::join!(meeting.attend(1), meeting.attend(1)), (Encounter::AsFirst, Encounter::AsSecond));
        assert_eq!(tokio::join!(meeting.attend(1), meeting.attend(2)), (Encounter::Nobody, Encounter::Nobody));
        assert_eq!(tokio::join!(meeting.meet(1, &2), meeting.meet(2, &1)), (Encounter::AsFirst, Encounter::AsSecond));
        assert!(meeting.waiting.lock().is_empty());
    }

    #[tokio::test]
    async fn one_waits_as_long_as_another_is_under_way() {
        let (count, under_way) = watch::channel(3);
        let meeting = Meeting::new(Patience::WhileUnderWay(under_way));
        let first = meeting.attend(1);
        tokio::pin!(first);
        assert!(futures_util::poll!(&mut first).is_pending());
        // However late the other comes.
        assert_eq!(tokio::join!(first, meeting.attend(1)), (Encounter::AsFirst, Encounter::AsSecond));

        count.send_replace(2);
        let answered = async {
            let met = meeting.attend(2).await;
            count.send_replace(1);
            met
        };
        assert_eq!(tokio::join!(meeting.attend(1), answered), (Encounter::Nobody, Encounter::Nobody));

        count.send_replace(2);
        let lone = meeting.attend(1);
        tokio::pin!(lone);
        assert!(futures_util::poll!(&mut lone).is_pending());
        count.send_replace(1);
        assert_eq!(lone.await, Encounter::Nobody);
        assert!(meeting.waiting.lock().is_empty());
    }
}
