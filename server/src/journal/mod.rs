//! The journal: every exchange, those that ended in 401 or 413 included, bounded in bytes and free of secrets.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::broadcast;

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

/// What became of an answer on the way to the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    Sent,
    /// A deviation cut the connection after so many bytes of the body.
    Cut(usize),
    /// A deviation closed the connection without an answer.
    Lost,
}

/// A body as kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedBody {
    /// At most `Limits::journal_body_bytes` of it, passwords masked.
    pub bytes: Bytes,
    /// How long it was.
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
    /// Path and query as sent.
    pub target: Box<str>,
    pub status: u16,
    pub delivery: Delivery,
    /// One line a header, `Name: value`, credentials masked.
    pub request_headers: Box<str>,
    pub request_body: Option<RecordedBody>,
    pub answer_headers: Box<str>,
    pub answer_body: Option<RecordedBody>,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub struct Journal {}

impl Journal {
    /// Every exchange that is still kept, the oldest first.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        unimplemented!()
    }

    /// Hears of each exchange from now on; a follower that is too slow misses some.
    pub fn follow(&self) -> broadcast::Receiver<Arc<Exchange>> {
        unimplemented!()
    }

    /// Forgets every exchange.
    pub fn clear(&self) {
        unimplemented!()
    }
}
