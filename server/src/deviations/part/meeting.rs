//! Two requests that must meet for a race to be lost: the first waits for the second, for a short time only.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::oneshot;

/// Requests that are sent together arrive well within this time; every other one is late by no more.
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

/// The places where requests wait for each other, one for each key.
#[derive(Debug)]
pub struct Meeting<K>(Mutex<HashMap<K, oneshot::Sender<()>>>);

impl<K> Default for Meeting<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> Meeting<K> {
    /// Lets go on whoever waits at `key`; says whether somebody did.
    pub fn come(&self, key: &K) -> bool {
        let sender = self.0.lock().remove(key);
        sender.is_some_and(|sender| sender.send(()).is_ok())
    }

    /// Waits at `key` until another comes; says whether one did. A later one at the same place takes the turn of an earlier.
    pub async fn wait(&self, key: K) -> bool {
        let (sender, receiver) = oneshot::channel();
        self.0.lock().insert(key.clone(), sender);
        let met = matches!(tokio::time::timeout(PATIENCE, receiver).await, Ok(Ok(())));
        let mut waiting = self.0.lock();
        if !met && waiting.get(&key).is_some_and(oneshot::Sender::is_closed) {
            waiting.remove(&key);
        }
        met
    }

    /// Meets whoever waits, or else waits.
    pub async fn attend(&self, key: K) -> Encounter {
        if self.come(&key) {
            Encounter::AsSecond
        } else if self.wait(key).await {
            Encounter::AsFirst
        } else {
            Encounter::Nobody
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_meet_and_one_alone_goes_on() {
        let meeting = Meeting::default();
        assert_eq!(tokio::join!(meeting.attend(1), meeting.attend(1)), (Encounter::AsFirst, Encounter::AsSecond));
        assert_eq!(tokio::join!(meeting.attend(1), meeting.attend(2)), (Encounter::Nobody, Encounter::Nobody));
        assert!(meeting.0.lock().is_empty());
        assert!(!meeting.come(&1));
    }
}
