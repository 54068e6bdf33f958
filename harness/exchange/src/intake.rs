//! The bytes of answers that come side by side, for a client that counts for no check.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, MutexGuard};

/// An answer of this size never waits for others.
const SMALL: usize = 64 * 1024;
/// What all answers under way can take together before those that are not small come one after the other.
const CROWDED: usize = 16 * 1024 * 1024;

/// What the answers under way take. All relatives of a client share it.
#[derive(Debug, Default)]
pub(super) struct Intake {
    under_way: AtomicUsize,
    turn: Mutex<()>,
}

/// The part of one answer; dropping it gives the part back.
#[derive(Debug)]
pub(super) struct IntakeShare<'i> {
    intake: &'i Intake,
    size: usize,
    turn: Option<MutexGuard<'i, ()>>,
}

impl Intake {
    /// The part of an answer that has not come yet.
    pub(super) fn share(&self) -> IntakeShare<'_> {
        IntakeShare { intake: self, size: 0, turn: None }
    }
}

impl IntakeShare<'_> {
    /// Counts `more` bytes; whether the answer waits for [`Self::turn`] before it takes more.
    pub(super) fn grow(&mut self, more: usize) -> bool {
        self.size += more;
        let together = self.intake.under_way.fetch_add(more, Ordering::Relaxed) + more;
        self.turn.is_none() && self.size > SMALL && together > CROWDED
    }

    /// Takes the turn if nobody has it.
    pub(super) fn try_turn(&mut self) -> bool {
        self.turn = self.intake.turn.try_lock().ok();
        self.turn.is_some()
    }

    /// Waits until the answer is the only long one that goes on.
    pub(super) async fn turn(&mut self) {
        self.turn = Some(self.intake.turn.lock().await);
    }
}

impl Drop for IntakeShare<'_> {
    fn drop(&mut self) {
        self.intake.under_way.fetch_sub(self.size, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn long_answers_wait_for_each_other_where_all_take_much_and_small_ones_do_not() {
        let intake = Intake::default();
        let (mut first, mut second, mut small) = (intake.share(), intake.share(), intake.share());
        assert!(!first.grow(CROWDED), "alone it waits for nobody");
        assert!(second.grow(SMALL + 1) && second.try_turn() && !second.grow(1));
        assert!(!small.grow(SMALL));
        assert!(first.grow(1) && !first.try_turn() && first.turn().now_or_never().is_none());
        drop(second);
        assert!(first.turn().now_or_never().is_some());
        drop((first, small));
        assert!(!intake.share().grow(CROWDED));
    }
}
