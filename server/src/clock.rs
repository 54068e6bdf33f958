//! The server's clock: the machine's, moved forward by what the control API asked for; or one that stands still until it
//! is advanced, or that counts how often it was looked at, so that a run can be repeated.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

/// A clock that all its clones share.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    /// Nanoseconds added to the source: 292 years at most.
    advanced: AtomicI64,
    changes: watch::Sender<()>,
}

#[derive(Debug)]
enum Source {
    System,
    Standing(Timestamp),
    /// It is a [`STEP`] later each time.
    Counting(Timestamp),
}

/// A fast endpoint answers a request in about this time.
const STEP: SignedDuration = SignedDuration::from_millis(1);

impl Clock {
    fn new(source: Source) -> Self {
        Self(Arc::new(Inner { source, advanced: AtomicI64::new(0), changes: watch::Sender::new(()) }))
    }

    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Source::System)
    }

    /// A clock that shows `at` until it is advanced.
    #[must_use]
    pub fn standing(at: Timestamp) -> Self {
        Self::new(Source::Standing(at))
    }

    /// A clock that shows `start` at first, and a millisecond more each time. What happens by it depends on what happened
    /// before and not on how fast the machine is; who sleeps by it finds the time gone at once.
    #[must_use]
    pub fn counting(start: Timestamp) -> Self {
        Self::new(Source::Counting(start))
    }

    /// The time.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the server reads the machine's clock")]
    pub fn now(&self) -> Timestamp {
        let base = match self.0.source {
            Source::System => Timestamp::now(),
            Source::Standing(at) | Source::Counting(at) => at,
        };
        let advanced = match self.0.source {
            Source::Counting(_) => self.add(STEP),
            Source::System | Source::Standing(_) => self.0.advanced.load(Ordering::Relaxed),
        };
        // A clock moved beyond the year 9999 stays where it was.
        base.checked_add(SignedDuration::from_nanos(advanced)).unwrap_or(base)
    }

    /// Moves the clock forward and wakes whoever sleeps by it. A negative duration moves nothing: time that goes back would
    /// break the order of `meta.lastModified`.
    pub fn advance(&self, by: SignedDuration) {
        self.add(by);
        self.0.changes.send_replace(());
    }

    /// The nanoseconds that were added before.
    fn add(&self, by: SignedDuration) -> i64 {
        let nanoseconds = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX).max(0);
        let update = |advanced: i64| Some(advanced.saturating_add(nanoseconds));
        // The closure always gives a value; both arms hold the one before.
        self.0.advanced.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update).unwrap_or_else(|before| before)
    }

    /// Waits until the clock shows `duration` more than now: for that long on the machine's clock, or until it is advanced.
    pub async fn sleep(&self, duration: SignedDuration) {
        if matches!(self.0.source, Source::Counting(_)) {
            return self.advance(duration);
        }
        let Ok(until) = self.now().checked_add(duration) else { return std::future::pending().await };
        let mut changes = self.0.changes.subscribe();
        loop {
            let left = until.duration_since(self.now());
            let Ok(left) = std::time::Duration::try_from(left) else { return };
            if left.is_zero() {
                return;
            }
            let advanced = async {
                // The sender lives in this clock, so the channel cannot close.
                let _ = changes.changed().await;
            };
            match self.0.source {
                Source::System => {
                    // Either may be first; the loop looks at the clock again.
                    let _ = tokio::time::timeout(left, advanced).await;
                }
                Source::Standing(_) | Source::Counting(_) => advanced.await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::task::Poll;

    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_advanced_and_never_back() {
        let clock = Clock::standing(Timestamp::UNIX_EPOCH);
        let shared = clock.clone();
        clock.advance(SignedDuration::from_secs(90));
        assert_eq!(shared.now().to_string(), "1970-01-01T00:01:30Z");
        clock.advance(SignedDuration::from_secs(-10));
        assert_eq!(shared.now().to_string(), "1970-01-01T00:01:30Z");
    }

    #[tokio::test]
    async fn a_counting_clock_moves_on_by_each_look_and_by_what_is_slept() {
        let clock = Clock::counting(Timestamp::UNIX_EPOCH);
        let look = || clock.now().to_string();
        assert_eq!((look(), look()), ("1970-01-01T00:00:00Z".to_owned(), "1970-01-01T00:00:00.001Z".to_owned()));
        clock.sleep(SignedDuration::from_secs(60)).await;
        assert_eq!(look(), "1970-01-01T00:01:00.002Z");
    }

    #[test]
    fn the_system_clock_can_be_advanced() {
        let clock = Clock::system();
        let before = clock.now();
        clock.advance(SignedDuration::from_hours(24));
        assert!(clock.now().duration_since(before) >= SignedDuration::from_hours(24));
    }

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_clock_is_advanced_far_enough() {
        let clock = Clock::standing(Timestamp::UNIX_EPOCH);
        let sleep = clock.sleep(SignedDuration::from_secs(10));
        tokio::pin!(sleep);
        let mut poll = async || poll_fn(|context| Poll::Ready(sleep.as_mut().poll(context))).await;
        assert_eq!(poll().await, Poll::Pending);
        clock.advance(SignedDuration::from_secs(4));
        assert_eq!(poll().await, Poll::Pending);
        clock.advance(SignedDuration::from_secs(6));
        assert_eq!(poll().await, Poll::Ready(()));
    }
}
