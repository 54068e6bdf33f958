//! What the endpoint protects itself with.

use std::num::NonZeroU32;
use std::time::Duration;

/// Bounds on what a client may send, hold open or keep waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest request body, in bytes; a larger one is answered 413.
    pub body_bytes: usize,
    /// The longest path and query together, in bytes; a longer one is answered 414.
    pub uri_bytes: usize,
    /// How long the head of a request may take to arrive, the first of a connection and each later one.
    pub head_timeout: Duration,
    /// How long the body of a request may take to arrive; then 408.
    pub body_timeout: Duration,
    /// How long the endpoint may work on a request; then 503.
    pub request_timeout: Duration,
    /// How many requests a second one client, told by its address, may send; more are answered 429. Unlimited if absent.
    pub rate: Option<NonZeroU32>,
    /// Whether answers are compressed for clients that accept gzip.
    pub compress: bool,
    /// How long a client may leave an answer unread; then its connection is closed.
    pub write_timeout: Duration,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How many connections each worker holds at once.
    pub connections: usize,
    /// How many bytes the journal keeps; the oldest exchanges go first.
    pub journal_bytes: usize,
    /// How many bytes of one body the journal keeps.
    pub journal_body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1 << 20,
            uri_bytes: 16 << 10,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_mins(1),
            rate: None,
            compress: false,
            write_timeout: Duration::from_secs(30),
            keep_alive: Duration::from_secs(30),
            connections: 4096,
            journal_bytes: 16 << 20,
            journal_body_bytes: 64 << 10,
        }
    }
}
