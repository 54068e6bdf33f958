//! The totals of a run.

use std::time::Duration;

use crate::finding::{Finding, Origin};
use crate::verdict::Verdict;

/// The totals of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Checks by verdict, in the order of [`Verdict::ALL`].
    pub checks: [usize; 7],
    /// Rules by verdict, in the order of [`Verdict::ALL`].
    pub rules: [usize; 7],
    /// Steps by verdict, in the order of [`Verdict::ALL`].
    pub steps: [usize; 7],
    /// Those of all three that the baseline covers, by verdict.
    pub known: [usize; 7],
    /// Entries of the baseline that fail the run: their day is over, or their finding is mended and the run is strict about it.
    pub outdated: usize,
    /// Entries of the baseline whose finding is mended, which is good news.
    pub mended: usize,
    /// Findings that were hidden when the baseline was written; they are counted as known.
    pub revealed: usize,
    pub exchanges: u64,
    pub elapsed: Duration,
    /// What the run created and could not delete.
    pub leftovers: usize,
    /// True if the run was cut off, for example by Ctrl-C.
    pub interrupted: bool,
}

impl Summary {
    /// Counts one verdict in.
    pub fn count(tally: &mut [usize; 7], verdict: Verdict) {
        tally[verdict as usize] += 1;
    }

    /// Counts the verdict of a finding in.
    pub fn add(&mut self, finding: &Finding) {
        let tally = match finding.origin {
            Origin::Check => &mut self.checks,
            Origin::Rule => &mut self.rules,
            Origin::Step { .. } => &mut self.steps,
        };
        Self::count(tally, finding.verdict);
    }

    /// How many checks, rules and steps ended with `verdict`.
    pub const fn total(&self, verdict: Verdict) -> usize {
        self.checks[verdict as usize] + self.rules[verdict as usize] + self.steps[verdict as usize]
    }

    /// Whether nothing was judged: there was nothing to do, or all of it was skipped.
    pub fn is_of_nothing(&self) -> bool {
        Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Skip).all(|verdict| self.total(verdict) == 0)
    }

    /// How many of them the baseline does not cover.
    pub const fn fresh(&self, verdict: Verdict) -> usize {
        self.total(verdict).saturating_sub(self.known[verdict as usize])
    }
}
