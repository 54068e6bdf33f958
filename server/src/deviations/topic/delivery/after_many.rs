//! So many writes in a time.

use std::collections::VecDeque;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use parking_lot::Mutex;
use scim::{Error, ErrorKind};

use crate::application::{AnswerSeam, RequestSeam, Setup};
use crate::clock::Clock;
use crate::deviations::seam::BothSeams;
use crate::message::{Answer, Head, IncomingRequest};

/// Whether a text is a limit.
pub fn is_limit(text: &str) -> bool {
    limit(text).is_some()
}

/// The deviation with the limit of its parameter.
pub fn throttle(setup: &Setup<'_>) -> BothSeams {
    let (most, seconds) = limit(setup.value).unwrap_or((usize::MAX, 1));
    let window = Arc::new(TimeWindow { most, seconds, clock: setup.clock.clone(), times: Mutex::default() });
    (Box::new(Count(Arc::clone(&window))), Box::new(RetryAfter(window)))
}

/// How many writes, in how many seconds.
fn limit(text: &str) -> Option<(usize, i64)> {
    let (most, seconds) = text.split_once('/')?;
    Some((
        most.parse().ok().filter(|most| *most > 0)?,
        seconds.parse().ok().filter(|seconds| (1..=86_400).contains(seconds))?,
    ))
}

/// When the last writes were taken.
struct TimeWindow {
    most: usize,
    seconds: i64,
    clock: Clock,
    times: Mutex<VecDeque<Timestamp>>,
}

impl TimeWindow {
    /// How long to wait until one more is taken.
    fn wait(&self, takes: bool) -> Option<SignedDuration> {
        let (now, window) = (self.clock.now(), SignedDuration::from_secs(self.seconds));
        let mut times = self.times.lock();
        while times.front().is_some_and(|first| now.duration_since(*first) >= window) {
            times.pop_front();
        }
        if times.len() >= self.most {
            return times.front().map(|first| window - now.duration_since(*first));
        }
        if takes {
            times.push_back(now);
        }
        None
    }
}

struct Count(Arc<TimeWindow>);

impl RequestSeam for Count {
    fn rewrite(&self, incoming: &mut IncomingRequest<'_>) -> scim::Result<()> {
        let is_write =
            !matches!(incoming.method.as_str(), "GET" | "HEAD" | "OPTIONS") && !incoming.path.ends_with("/.search");
        if is_write && incoming.path.starts_with("/Users") && self.0.wait(true).is_some() {
            return Err(Error::new(ErrorKind::TooManyRequests, "too many writes; wait as the Retry-After header says"));
        }
        Ok(())
    }
}

struct RetryAfter(Arc<TimeWindow>);

impl AnswerSeam for RetryAfter {
    fn concerns(&self, _: &Head<'_>, answer: &Answer) -> bool {
        answer.status == StatusCode::TOO_MANY_REQUESTS && answer.header(&header::RETRY_AFTER).is_none()
    }

    fn rewrite(&self, _: &Head<'_>, answer: &mut Answer) {
        let wait = self.0.wait(false).map_or(1, |wait| wait.as_secs().max(0) + 1);
        answer.set_header(header::RETRY_AFTER, HeaderValue::from(wait));
    }
}
