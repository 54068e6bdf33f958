//! What one check has sent and holds, against its bounds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::bounds::Bounds;

/// A bound that a request or its answer would exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BoundError {
    #[error("one check sends at most {most} requests; raise --check-requests if the endpoint is that large")]
    Requests { most: u64 },
    #[error(
        "the answer exceeds {most} bytes and was not read further; raise --largest-answer if the endpoint is that large"
    )]
    Answer { most: usize },
    #[error(
        "the answer takes {parsed} MiB once it is parsed, more than {most} MiB, and was not looked at; raise \
         --largest-answer if the endpoint is that large"
    )]
    Parsed { parsed: usize, most: usize },
    #[error(
        "the check holds answers of more than {most} MiB of JSON; raise --largest-answer if the endpoint is that large"
    )]
    Held { most: usize },
    #[error(
        "there was no room for this answer beside others; use fewer connections or threads, or raise --largest-answer"
    )]
    Room,
}

/// What a check can hold beside others. One that holds more waits until it is alone in the lane.
const LIGHT: usize = 8 * 1024 * 1024;
/// What a check can hold however much the others hold: ordinary resources.
const TINY: usize = 512 * 1024;
/// What the checks of a run can hold together before those that hold more than a little wait for the lane.
const CROWDED: usize = 24 * 1024 * 1024;

/// Shared by the checks of a run: those with much in hand take it one after the other, so that the memory of a run is that of one
/// such check, however many run side by side.
#[derive(Clone, Debug, Default)]
pub struct Lane(Arc<LaneState>);

#[derive(Debug, Default)]
struct LaneState {
    turn: Arc<Mutex<()>>,
    /// What all checks hold.
    held: AtomicUsize,
}

/// Counts what one check sends and holds. Clones share the counts.
#[derive(Clone, Debug)]
pub struct Meter(Arc<Counts>);

#[derive(Debug)]
struct Counts {
    bounds: Bounds,
    lane: Lane,
    sent: AtomicU64,
    answered: AtomicUsize,
    /// Whether the last request got no answer.
    is_lost: AtomicBool,
    /// Whether credentials were refused.
    is_refused: AtomicBool,
    held: Arc<AtomicUsize>,
    turn: Mutex<Option<OwnedMutexGuard<()>>>,
}

/// The room that the operations of a provisioner share for the answers that they have in hand: large ones come one after the other.
#[derive(Clone, Debug)]
pub(super) struct Room(Arc<Semaphore>);

/// An answer of this size needs no room.
const SMALL: usize = 64 * 1024;
/// Bytes for which the room counts one.
const UNIT: usize = 1024;
/// How long an answer waits for room. Operations that wait for each other end so.
const WAIT: Duration = Duration::from_secs(30);

impl Room {
    /// Room for one answer of the largest size.
    pub(super) fn new(bounds: Bounds) -> Self {
        let units = (bounds.answer.saturating_add(bounds.parsed()) / UNIT).clamp(1, Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(units)))
    }

    /// Waits until there is room for an answer of `size` bytes.
    pub(super) async fn hold(&self, size: usize) -> Result<Option<MeterShare>, BoundError> {
        if size < SMALL {
            return Ok(None);
        }
        let units = u32::try_from(size / UNIT).unwrap_or(u32::MAX);
        match tokio::time::timeout(WAIT, Arc::clone(&self.0).acquire_many_owned(units)).await {
            Ok(Ok(permit)) => Ok(Some(MeterShare::Room(permit))),
            _ => Err(BoundError::Room),
        }
    }
}

/// A part of what is in hand; dropping it gives the part back.
#[derive(Debug)]
pub(crate) enum MeterShare {
    /// Of one check.
    Check { size: usize, total: Arc<AtomicUsize>, lane: Lane },
    /// Of a provisioner.
    #[expect(dead_code, reason = "the permit is given back when it is dropped")]
    Room(OwnedSemaphorePermit),
}

impl Drop for MeterShare {
    fn drop(&mut self) {
        if let Self::Check { size, total, lane } = self {
            total.fetch_sub(*size, Ordering::Relaxed);
            lane.0.held.fetch_sub(*size, Ordering::Relaxed);
        }
    }
}

impl Meter {
    /// Counts from zero.
    pub fn new(bounds: Bounds, lane: &Lane) -> Self {
        Self(Arc::new(Counts {
            bounds,
            lane: lane.clone(),
            sent: AtomicU64::new(0),
            answered: AtomicUsize::new(0),
            is_lost: AtomicBool::new(false),
            is_refused: AtomicBool::new(false),
            held: Arc::default(),
            turn: Mutex::default(),
        }))
    }

    /// How many requests were answered.
    pub fn answered(&self) -> usize {
        self.0.answered.load(Ordering::Relaxed)
    }

    /// Counts a request that is about to be sent; the error says which bound it would exceed.
    pub(super) fn send(&self) -> Result<(), BoundError> {
        let most = self.0.bounds.requests;
        if self.0.sent.fetch_add(1, Ordering::Relaxed) < most {
            return Ok(());
        }
        Err(BoundError::Requests { most })
    }

    /// Whether the last request got no answer.
    pub fn is_lost(&self) -> bool {
        self.0.is_lost.load(Ordering::Relaxed)
    }

    /// Whether a request with credentials was answered 401.
    pub fn is_refused(&self) -> bool {
        self.0.is_refused.load(Ordering::Relaxed)
    }

    pub(super) fn refuse(&self) {
        self.0.is_refused.store(true, Ordering::Relaxed);
    }

    pub(super) fn answer(&self) {
        self.0.answered.fetch_add(1, Ordering::Relaxed);
        self.0.is_lost.store(false, Ordering::Relaxed);
    }

    pub(super) fn lose(&self) {
        self.0.is_lost.store(true, Ordering::Relaxed);
    }

    /// The part of an answer that has not come yet.
    pub(super) fn share(&self) -> MeterShare {
        MeterShare::Check { size: 0, total: Arc::clone(&self.0.held), lane: self.0.lane.clone() }
    }

    /// Takes `more` bytes in hand. The answer says whether that is so much that the check has to have the lane: it calls
    /// [`Self::turn`] before it takes more.
    pub(super) fn grow(&self, share: &mut MeterShare, more: usize) -> Result<bool, BoundError> {
        let MeterShare::Check { size, .. } = share else { return Ok(false) };
        *size += more;
        let total = self.0.held.fetch_add(more, Ordering::Relaxed) + more;
        let together = self.0.lane.0.held.fetch_add(more, Ordering::Relaxed) + more;
        let most = self.0.bounds.held();
        if total > most {
            return Err(BoundError::Held { most: most / (1024 * 1024) });
        }
        Ok(total > LIGHT || (total > TINY && together > CROWDED))
    }

    /// Takes the lane if it is free, or is this check's already.
    pub(super) fn try_turn(&self) -> bool {
        let Ok(mut turn) = self.0.turn.try_lock() else { return false };
        if turn.is_none() {
            *turn = Arc::clone(&self.0.lane.0.turn).try_lock_owned().ok();
        }
        turn.is_some()
    }

    /// Waits for the lane, which the check then has to its end.
    pub(super) async fn turn(&self) {
        let mut turn = self.0.turn.lock().await;
        if turn.is_none() {
            *turn = Some(Arc::clone(&self.0.lane.0.turn).lock_owned().await);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_dropped_counts_no_more_and_the_lane_is_for_one_at_a_time() {
        let (bounds, lane) = (Bounds::DEFAULT, Lane::default());
        let (one, other) = (Meter::new(bounds, &lane), Meter::new(bounds, &lane));
        let much = bounds.held() / 2 + 1;
        let mut first = one.share();
        assert_eq!(one.grow(&mut first, much), Ok(true));
        assert!(matches!(one.grow(&mut first, much), Err(BoundError::Held { .. })));
        drop(first);
        let mut second = one.share();
        assert_eq!(one.grow(&mut second, much), Ok(true));
        assert!(one.try_turn() && one.try_turn());
        // What is little needs no lane; what is much waits until the other check is over.
        let mut others = other.share();
        assert_eq!(other.grow(&mut others, 1), Ok(false));
        assert_eq!(other.grow(&mut others, much), Ok(true));
        assert!(!other.try_turn() && other.turn().now_or_never().is_none());
        drop((second, one));
        assert!(other.turn().now_or_never().is_some());
    }

    #[test]
    fn the_request_behind_the_last_names_its_bound() {
        let meter = Meter::new(Bounds { requests: 2, ..Bounds::DEFAULT }, &Lane::default());
        assert!(meter.send().is_ok() && meter.send().is_ok());
        assert_eq!(meter.send(), Err(BoundError::Requests { most: 2 }));
    }
}
