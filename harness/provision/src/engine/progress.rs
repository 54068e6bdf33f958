//! How far a cycle is, for whoever watches it, and the wish that it end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by a cycle and whoever watches it. Counts belong to the cycle under way.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    users: AtomicU64,
    groups: AtomicU64,
    failed: AtomicU64,
    stop: AtomicBool,
}

/// The counts of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that were read from the source.
    pub read: u64,
    /// Users that were dealt with, unchanged ones included.
    pub users: u64,
    /// Groups that were dealt with.
    pub groups: u64,
    /// Users and groups that failed.
    pub failed: u64,
}

impl Progress {
    /// Asks the cycle to begin nothing new; what is under way is waited for and remembered.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// Whether the cycle was asked to end.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Where the cycle is now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counts {
            read: load(&self.read),
            users: load(&self.users),
            groups: load(&self.groups),
            failed: load(&self.failed),
        }
    }

    /// Begins anew, for the next cycle.
    pub(super) fn begin(&self) {
        for count in [&self.read, &self.users, &self.groups, &self.failed] {
            count.store(0, Ordering::Relaxed);
        }
    }

    pub(super) fn set_read(&self, read: u64) {
        self.read.store(read, Ordering::Relaxed);
    }

    pub(super) fn add_user(&self) {
        self.users.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_group(&self) {
        self.groups.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn add_failure(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
    }
}
