//! Guest manners on the wire: how many requests at once, how many a second, and how long to wait when asked to.

use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::Instant;

use super::exchange::Exchange;
use super::request::Request;

/// How long a first 429 that does not say is waited for.
const FIRST_WAIT: Duration = Duration::from_millis(250);
/// The longest that one `Retry-After` is honoured.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

pub(super) struct Pace {
    slots: Semaphore,
    interval: Option<Duration>,
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(concurrency: usize, rate: Option<f64>) -> Self {
        let interval = rate.filter(|rate| *rate > 0.0).map(|rate| Duration::from_secs_f64(1.0 / rate));
        Self { slots: Semaphore::new(concurrency.max(1)), interval, next: Mutex::new(Instant::now()) }
    }

    /// Waits for a free slot and for the turn that the rate allows.
    pub(super) async fn turn(&self) -> SemaphorePermit<'_> {
        // The semaphore lives as long as `self` and is never closed.
        let permit = self.slots.acquire().await.expect("the semaphore is never closed");
        if let Some(interval) = self.interval {
            let turn = {
                let mut next = self.next.lock().await;
                let turn = (*next).max(Instant::now());
                *next = turn + interval;
                turn
            };
            tokio::time::sleep_until(turn).await;
        }
        permit
    }
}

/// What a read waits for after a change, at an endpoint that shows changes late.
pub(super) struct SettleTime {
    time: Duration,
    /// Until when what was before may be seen.
    until: std::sync::Mutex<Instant>,
}

impl SettleTime {
    pub(super) fn new(time: Duration) -> Self {
        Self { time, until: std::sync::Mutex::new(Instant::now()) }
    }

    /// Before a request: whatever is about something that exists waits.
    pub(super) async fn before(&self, request: &Request) {
        if !self.time.is_zero() && !request.creates() {
            let until = *self.until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            tokio::time::sleep_until(until).await;
        }
    }

    /// After an answer: one to a change moves the time on.
    pub(super) fn after(&self, request: &Request) {
        if !self.time.is_zero() && !request.reads() {
            *self.until.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Instant::now() + self.time;
        }
    }
}

/// How long to wait before a request is repeated for the so many and first time; `None` if the answer counts.
pub(super) fn wait_after(exchange: &Exchange, repeats: u32) -> Option<Duration> {
    let asked = retry_after(&exchange.response_headers);
    match exchange.status {
        429 if asked.is_none() => Some(FIRST_WAIT * 2_u32.saturating_pow(repeats)),
        429 | 503 => asked.filter(|wait| *wait <= LONGEST_WAIT),
        _ => None,
    }
}

/// Why an answer that asks to wait is not waited for.
pub(super) fn refusal_to_wait(exchange: &Exchange) -> String {
    let remedy = "send fewer with --rate, or raise the limit for the run";
    match retry_after(&exchange.response_headers).filter(|wait| *wait > LONGEST_WAIT) {
        Some(wait) => {
            format!("the endpoint takes no more requests: 429, to be sent again in {} s; {remedy}", wait.as_secs())
        }
        None => format!("the endpoint takes no more requests: 429, however often they are sent again; {remedy}"),
    }
}

/// How long an answer with status 429 or 503 asks to wait, if it says so in one of the forms of RFC 9110 section 10.2.3.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        Some(Duration::from_secs(seconds))
    } else {
        // The endpoint's own clock decides: its Date header is the present (RFC 9110 section 10.2.3).
        let until = http_date(text)?;
        let now = http_date(headers.get("date")?.to_str().ok()?)?;
        Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
    }
}

fn http_date(text: &str) -> Option<jiff::Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}
