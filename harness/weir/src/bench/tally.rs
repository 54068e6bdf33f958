//! What a load saw: latencies, and errors by their kind.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

/// The longest latency that is told apart from longer ones.
const LONGEST: Duration = Duration::from_mins(10);

/// The latencies and errors of one shape.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// In microseconds.
    latencies: Histogram<u64>,
    /// By status and `scimType`, or by what happened instead of an answer.
    pub errors: BTreeMap<String, u64>,
    /// From the end of the warm-up to the last answer.
    pub elapsed: Duration,
}

/// The latencies that so many of a hundred requests did not exceed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentiles {
    pub p50: Duration,
    pub p90: Duration,
    pub p99: Duration,
    pub p99_9: Duration,
    pub max: Duration,
}

impl Default for Measurement {
    fn default() -> Self {
        let longest = u64::try_from(LONGEST.as_micros()).unwrap_or(u64::MAX);
        // The bounds are right for every build: 1 below the longest, three digits below five.
        let latencies = Histogram::new_with_bounds(1, longest, 3).expect("the bounds of the histogram are right");
        Self { latencies, errors: BTreeMap::new(), elapsed: Duration::ZERO }
    }
}

impl Measurement {
    pub(super) fn record(&mut self, latency: Duration) {
        self.latencies.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).max(1));
    }

    pub(super) fn record_error(&mut self, kind: String) {
        *self.errors.entry(kind).or_default() += 1;
    }

    /// Adds what another connection saw.
    pub(super) fn add(&mut self, other: &Self) {
        // Both have the same bounds.
        let _ = self.latencies.add(&other.latencies);
        for (kind, count) in &other.errors {
            *self.errors.entry(kind.clone()).or_default() += count;
        }
        self.elapsed = self.elapsed.max(other.elapsed);
    }

    /// Adds the waits of the requests that a connection in a closed loop did not send while it waited: an answer that took ten
    /// times the median stands for nine more that would have waited (correction for coordinated omission after Gil Tene).
    #[must_use]
    pub fn corrected(&self) -> Self {
        let interval = self.latencies.value_at_quantile(0.5).max(1);
        Self { latencies: self.latencies.clone_correct(interval), errors: self.errors.clone(), elapsed: self.elapsed }
    }

    /// How many requests were sent, those that failed included.
    pub fn requests(&self) -> u64 {
        self.latencies.len()
    }

    /// How many requests failed.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Requests a second.
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        let requests = self.requests() as f64;
        if self.elapsed.is_zero() { 0.0 } else { requests / self.elapsed.as_secs_f64() }
    }

    pub fn percentiles(&self) -> Percentiles {
        let at = |quantile| Duration::from_micros(self.latencies.value_at_quantile(quantile));
        Percentiles {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p99_9: at(0.999),
            max: Duration::from_micros(self.latencies.max()),
        }
    }

    /// How many latencies lie at or below each of the bounds 1, 2 and 5 times a power of ten, from the first that has any to
    /// the last.
    pub fn distribution(&self) -> Vec<(Duration, u64)> {
        let mut bounds = (0..9_u32).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
        let mut below = 0;
        let mut rows = Vec::new();
        while below < self.latencies.len()
            && let Some(bound) = bounds.next()
        {
            let until = self.latencies.count_between(0, bound);
            if until > 0 {
                rows.push((Duration::from_micros(bound), until.saturating_sub(below)));
            }
            below = until;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(latencies: &[u64]) -> Measurement {
        let mut measured = Measurement { elapsed: Duration::from_secs(2), ..Measurement::default() };
        for &micros in latencies {
            measured.record(Duration::from_micros(micros));
        }
        measured
    }

    #[test]
    fn percentiles_and_rate_are_of_what_was_recorded() {
        let measured = of(&(1..=1_000).collect::<Vec<_>>());
        let found = measured.percentiles();
        assert_eq!((found.p50, found.max), (Duration::from_micros(500), Duration::from_millis(1)));
        assert_eq!(found.p99, Duration::from_micros(990));
        assert!((measured.rate() - 500.0).abs() < 1e-9);
    }

    #[test]
    fn a_stall_counts_for_the_requests_that_were_not_sent_meanwhile() {
        let mut latencies = vec![100; 999];
        latencies.push(100_000);
        let measured = of(&latencies);
        assert_eq!(measured.percentiles().p99, Duration::from_micros(100));
        assert!(measured.corrected().percentiles().p99 > Duration::from_millis(90));
        assert_eq!(measured.corrected().percentiles().max, measured.percentiles().max);
    }

    #[test]
    fn the_distribution_counts_each_request_once() {
        let measured = of(&[3, 4, 15, 15, 900]);
        let rows: Vec<(u128, u64)> = measured.distribution().iter().map(|(bound, n)| (bound.as_micros(), *n)).collect();
        assert_eq!(rows, [(5, 2), (10, 0), (20, 2), (50, 0), (100, 0), (200, 0), (500, 0), (1_000, 1)]);
        assert!(of(&[]).distribution().is_empty());
    }

    #[test]
    fn what_two_connections_saw_adds_up() {
        let (mut one, mut other) = (of(&[1, 2]), of(&[3]));
        one.record_error("429".into());
        other.record_error("429".into());
        one.add(&other);
        assert_eq!((one.requests(), one.failed()), (3, 2));
    }
}
