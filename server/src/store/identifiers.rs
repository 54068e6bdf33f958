//! Resource ids: UUIDs of version 7, which ascend with time, so that neighbours in creation are neighbours in an index.

use std::hash::{BuildHasher, RandomState};

use jiff::Timestamp;
use uuid::{Builder, Uuid};

/// Makes ids from the clock, a counter for those of one millisecond, and pseudo-random bits. Ids are distinct and, from one
/// source, ascend; they are not secret.
#[derive(Clone, Debug)]
pub struct IdSource {
    state: u64,
    millisecond: u64,
    counter: u16,
}

impl IdSource {
    /// With the same seed and the same times, the same ids.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self { state: seed, millisecond: 0, counter: 0 }
    }

    /// A source that differs from run to run.
    #[must_use]
    pub fn random() -> Self {
        // The standard library seeds its hashers from the operating system.
        Self::seeded(RandomState::new().hash_one(0_u8))
    }

    /// The next id. When more than 4,096 are made in one millisecond, ids run ahead of the clock.
    pub fn next(&mut self, now: Timestamp) -> Uuid {
        let millisecond = u64::try_from(now.as_millisecond()).unwrap_or(0);
        if millisecond > self.millisecond {
            self.millisecond = millisecond;
            self.counter = 0;
        } else if self.counter == 0xFFF {
            self.millisecond += 1;
            self.counter = 0;
        } else {
            self.counter += 1;
        }
        let mut tail = [0; 10];
        tail[..2].copy_from_slice(&self.counter.to_be_bytes());
        tail[2..].copy_from_slice(&self.random_bits().to_be_bytes());
        Builder::from_unix_timestamp_millis(self.millisecond, &tail).into_uuid()
    }

    /// The `SplitMix64` generator (Steele, Lea and Flood, 2014).
    const fn random_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }
}

/// Reads an id in the one form in which this server writes it: 36 characters with hyphens, in either case of letters.
#[must_use]
pub fn parse(text: &str) -> Option<Uuid> {
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_ascend_and_differ_within_a_millisecond_and_when_the_clock_stands() {
        let mut source = IdSource::seeded(7);
        let now = Timestamp::from_millisecond(1_700_000_000_000).unwrap();
        let ids: Vec<Uuid> = (0..10_000).map(|_| source.next(now)).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn a_seed_repeats_itself_and_random_sources_differ() {
        let ids = |mut source: IdSource| (0..3).map(|_| source.next(Timestamp::UNIX_EPOCH)).collect::<Vec<_>>();
        assert_eq!(ids(IdSource::seeded(1)), ids(IdSource::seeded(1)));
        assert_ne!(ids(IdSource::seeded(1)), ids(IdSource::seeded(2)));
        assert_ne!(ids(IdSource::random()), ids(IdSource::random()));
    }

    #[test]
    fn only_the_written_form_is_read() {
        let id = IdSource::seeded(3).next(Timestamp::UNIX_EPOCH);
        assert_eq!(parse(&id.to_string()), Some(id));
        assert_eq!(parse(&id.to_string().to_uppercase()), Some(id));
        for other in [id.simple().to_string(), id.urn().to_string(), id.braced().to_string(), String::new()] {
            assert_eq!(parse(&other), None, "{other}");
        }
    }
}
