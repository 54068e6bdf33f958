//! The journal: every exchange, those that ended in 401 or 413 included, bounded in bytes and free of secrets.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::http::Uri;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::broadcast;

mod json;
mod mask;

#[cfg(test)]
mod tests;

use crate::http::Answer;
use crate::limits::Limits;

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
    /// Path and query as sent; a query that holds a secret is masked.
    pub target: Box<str>,
    pub status: u16,
    pub delivery: Delivery,
    /// One line a header, `name: value`, credentials masked.
    pub request_headers: Box<str>,
    pub request_body: Option<RecordedBody>,
    pub answer_headers: Box<str>,
    pub answer_body: Option<RecordedBody>,
}

impl Exchange {
    /// What it occupies, roughly.
    fn size(&self) -> usize {
        let body = |body: &Option<RecordedBody>| body.as_ref().map_or(0, |body| body.bytes.len());
        size_of::<Self>()
            + self.target.len()
            + self.request_headers.len()
            + self.answer_headers.len()
            + body(&self.request_body)
            + body(&self.answer_body)
    }
}

/// An exchange that has just happened, before anything of it is copied.
pub(crate) struct Observed<'a> {
    pub at: Timestamp,
    pub duration: Duration,
    pub client: Option<SocketAddr>,
    pub application: Option<&'a Arc<str>>,
    pub method: &'a str,
    pub uri: &'a Uri,
    pub request_headers: &'a HeaderMap,
    pub request_body: &'a Bytes,
    pub answer: &'a Answer,
    pub delivery: Delivery,
}

/// See the [module documentation](self).
#[derive(Debug)]
pub struct Journal {
    mode: JournalMode,
    bytes_kept: usize,
    body_bytes_kept: usize,
    ring: Mutex<Ring>,
    followers: broadcast::Sender<Arc<Exchange>>,
}

#[derive(Debug, Default)]
struct Ring {
    exchanges: VecDeque<Arc<Exchange>>,
    bytes: usize,
    number: u64,
}

impl Journal {
    pub(crate) fn new(mode: JournalMode, limits: &Limits) -> Self {
        Self {
            mode,
            bytes_kept: limits.journal_bytes,
            body_bytes_kept: limits.journal_body_bytes,
            ring: Mutex::default(),
            followers: broadcast::Sender::new(FOLLOWER_LAG),
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // Nothing panics while the lock is held, and a ring that lost an entry would do no harm.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every exchange that is still kept, the oldest first.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.ring().exchanges.iter().cloned().collect()
    }

    /// Hears of each exchange from now on; a follower that falls behind by more than a thousand misses some.
    pub fn follow(&self) -> broadcast::Receiver<Arc<Exchange>> {
        self.followers.subscribe()
    }

    /// How many follow at the moment.
    pub fn followers(&self) -> usize {
        self.followers.receiver_count()
    }

    /// Forgets every exchange; numbers go on.
    pub fn clear(&self) {
        let mut ring = self.ring();
        ring.exchanges.clear();
        ring.bytes = 0;
    }

    pub(crate) fn record(&self, observed: &Observed<'_>) {
        let followed = self.followers.receiver_count() > 0;
        if self.mode == JournalMode::Off && !followed {
            return;
        }
        let bodies = self.mode == JournalMode::Full;
        let body = |bytes: &Bytes| (bodies && !bytes.is_empty()).then(|| mask::body(bytes, self.body_bytes_kept));
        let answer = observed.answer;
        let mut exchange = Exchange {
            number: 0,
            at: observed.at,
            micros: u64::try_from(observed.duration.as_micros()).unwrap_or(u64::MAX),
            client: observed.client,
            application: observed.application.cloned(),
            method: observed.method.into(),
            target: mask::target(observed.uri),
            status: answer.status.as_u16(),
            delivery: observed.delivery,
            request_headers: headers(observed.request_headers.iter()),
            request_body: body(observed.request_body),
            answer_headers: headers(answer.headers.iter().map(|(name, value)| (name, value))),
            answer_body: body(&answer.body),
        };
        let size = exchange.size();
        let exchange = {
            let mut ring = self.ring();
            ring.number += 1;
            exchange.number = ring.number;
            let exchange = Arc::new(exchange);
            if self.mode != JournalMode::Off && size <= self.bytes_kept {
                ring.bytes += size;
                ring.exchanges.push_back(Arc::clone(&exchange));
                while ring.bytes > self.bytes_kept
                    && let Some(oldest) = ring.exchanges.pop_front()
                {
                    ring.bytes -= oldest.size();
                }
            }
            exchange
        };
        if followed {
            // The last follower may have left in the meantime.
            let _ = self.followers.send(exchange);
        }
    }
}

fn headers<'h>(headers: impl Iterator<Item = (&'h HeaderName, &'h HeaderValue)>) -> Box<str> {
    let mut lines = String::with_capacity(256);
    for (name, value) in headers {
        lines.push_str(name.as_str());
        lines.push_str(": ");
        lines.push_str(&mask::header(name, value));
        lines.push('\n');
    }
    lines.into()
}
