//! The journal: every exchange, those that ended in 401 or 413 included, bounded in bytes and free of secrets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::http::Uri;
use actix_web::http::header::HeaderMap;
use bytes::Bytes;
use jiff::Timestamp;
use parking_lot::{Mutex, MutexGuard};
use tokio::sync::broadcast;

mod json;
mod mask;
mod ring;

#[cfg(test)]
mod tests;

use crate::limits::Limits;
use crate::message::{Answer, Delivery};
use ring::{Ring, RingEntry};

/// How far a follower may fall behind before it misses exchanges.
const FOLLOWER_LAG: usize = 1024;

/// How much of an exchange is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JournalMode {
    #[default]
    Full,
    /// Request line, status, times and headers, but no bodies.
    Heads,
    /// Nothing; followers still hear of each exchange, without bodies.
    Off,
}

/// A body as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedBody {
    /// At most `Limits::journal_body_bytes` of it, secrets masked.
    pub bytes: Bytes,
    /// How many bytes were sent.
    pub length: usize,
}

/// One request with its answer.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// From 1, in the order in which the answers were ready.
    pub number: u64,
    /// When the request's head had arrived.
    pub at: Timestamp,
    /// From the head's arrival to the answer, in microseconds.
    pub micros: u64,
    pub client: Option<SocketAddr>,
    pub application: Option<Arc<str>>,
    pub method: Box<str>,
    /// Path and query as sent, the values of secrets masked.
    pub target: Box<str>,
    pub status: u16,
    pub delivery: Delivery,
    /// One line a header, `name: value`, secrets masked.
    pub request_headers: Box<str>,
    pub request_body: Option<RecordedBody>,
    pub answer_headers: Box<str>,
    pub answer_body: Option<RecordedBody>,
    /// The deviations that acted on it, in the order in which they did.
    pub deviations: Box<[Box<str>]>,
}

/// An exchange that has just happened, before anything of it is copied.
pub(crate) struct ObservedExchange<'a> {
    pub at: Timestamp,
    pub duration: Duration,
    pub client: Option<SocketAddr>,
    pub application: Option<&'a str>,
    pub method: &'a str,
    pub uri: &'a Uri,
    pub request_headers: &'a HeaderMap,
    pub request_body: &'a Bytes,
    pub answer: &'a Answer,
    pub delivery: Delivery,
    /// The deviations that acted on it.
    pub deviations: &'a [Arc<str>],
}

/// The exchanges of an endpoint, those that ended in 401 or 413 included, bounded in bytes and free of secrets.
#[derive(Debug)]
pub struct Journal {
    mode: JournalMode,
    bytes_kept: usize,
    body_bytes_kept: usize,
    ring: Mutex<Ring>,
    /// How many exchanges each deviation acted on.
    acted: Mutex<BTreeMap<Arc<str>, u64>>,
    followers: broadcast::Sender<Arc<Exchange>>,
    /// Whether anybody has ever followed: counting the followers takes a lock.
    was_followed: AtomicBool,
}

impl Journal {
    pub(crate) fn new(mode: JournalMode, limits: &Limits) -> Self {
        Self {
            mode,
            bytes_kept: limits.journal_bytes,
            body_bytes_kept: limits.journal_body_bytes,
            ring: Mutex::default(),
            acted: Mutex::default(),
            followers: broadcast::Sender::new(FOLLOWER_LAG),
            was_followed: AtomicBool::new(false),
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock()
    }

    /// Every exchange that is still kept, the oldest first.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.ring().clone().exchanges()
    }

    /// Hears of each exchange from now on; a follower that falls behind by more than a thousand misses some.
    pub fn follow(&self) -> broadcast::Receiver<Arc<Exchange>> {
        self.was_followed.store(true, Ordering::Release);
        self.followers.subscribe()
    }

    /// How many follow at the moment.
    pub fn followers(&self) -> usize {
        self.followers.receiver_count()
    }

    /// Forgets every exchange; numbers go on.
    pub fn clear(&self) {
        self.ring().forget();
        self.acted.lock().clear();
    }

    /// How many exchanges each deviation has acted on since the journal was last cleared.
    pub fn acted(&self) -> BTreeMap<Arc<str>, u64> {
        self.acted.lock().clone()
    }

    /// Whether an exchange is kept, or somebody follows.
    pub(crate) fn is_heard(&self) -> bool {
        self.mode != JournalMode::Off || self.is_followed()
    }

    fn is_followed(&self) -> bool {
        self.was_followed.load(Ordering::Acquire) && self.followers() > 0
    }

    pub(crate) fn record(&self, observed: &ObservedExchange<'_>) {
        let followed = self.is_followed();
        if !self.is_heard() {
            return;
        }
        if !observed.deviations.is_empty() {
            let mut acted = self.acted.lock();
            for deviation in observed.deviations {
                *acted.entry(Arc::clone(deviation)).or_default() += 1;
            }
        }
        let bodies = (self.mode == JournalMode::Full).then_some(self.body_bytes_kept);
        let mut written = RingEntry::new(observed, bodies);
        self.ring().add(&mut written, if self.mode == JournalMode::Off { 0 } else { self.bytes_kept });
        if followed {
            // The last follower may have left in the meantime.
            let _ = self.followers.send(Arc::new(written.exchange()));
        }
    }
}
