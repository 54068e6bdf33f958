//! A hash index that keeps 32 bits of each key's hash and the row, not the key: who finds a row compares it with what was
//! sought. A million keys take some 20 MB less than they would with their text.

use std::collections::HashMap;
use std::collections::hash_map;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::LazyLock;

use super::super::sets::{Entry, Sets};

/// From the hash of a key to the rows that have it, and sometimes to rows whose key only has the same hash.
#[derive(Clone, Debug, Default)]
pub struct Equality {
    rows: HashMap<u32, Entry, BuildHasherDefault<RowHasher>>,
    sets: Sets,
}

/// Makes the hashes of the keys. Seeded, so that a client cannot choose keys that collide, and the same in all stores of the
/// process, so that one can take over what another held.
#[derive(Clone, Debug)]
pub struct KeyHasher(RandomState);

impl Default for KeyHasher {
    fn default() -> Self {
        static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Self(SEED.clone())
    }
}

impl KeyHasher {
    /// The hash of a key.
    #[must_use]
    pub fn hash(&self, key: &[u8]) -> KeyHash {
        #[expect(clippy::cast_possible_truncation, reason = "half of the bits are wanted")]
        KeyHash(self.0.hash_one(key) as u32)
    }
}

/// The hash of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyHash(u32);

impl Equality {
    /// Adds a row.
    pub fn insert(&mut self, hash: KeyHash, row: u32) {
        self.sets.insert(self.rows.entry(hash.0).or_default(), row);
    }

    /// Takes a row away.
    pub fn remove(&mut self, hash: KeyHash, row: u32) {
        let hash_map::Entry::Occupied(mut entry) = self.rows.entry(hash.0) else { return };
        self.sets.remove(entry.get_mut(), row);
        if *entry.get() == Entry::EMPTY {
            entry.remove();
        }
    }

    fn entry(&self, hash: KeyHash) -> Entry {
        self.rows.get(&hash.0).copied().unwrap_or_default()
    }

    /// The rows with this hash, ascending, unless there are more than `limit`.
    pub fn rows_up_to(&self, hash: KeyHash, limit: usize) -> Option<impl Iterator<Item = u32> + '_> {
        let entry = self.entry(hash);
        (self.sets.count(entry) <= limit).then(|| self.sets.rows(entry))
    }

    /// The rows with this hash, ascending.
    pub fn rows(&self, hash: KeyHash) -> impl Iterator<Item = u32> + '_ {
        self.sets.rows(self.entry(hash))
    }
}

/// For keys that are spread already, hashes and row numbers: the map takes a group from the low bits and a tag from the high
/// ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowHasher(u64);

impl Hasher for RowHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value) | u64::from(value.reverse_bits()) << 32;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_hash_leads_to_every_row_that_has_it_and_to_none_when_all_are_gone() {
        let (mut index, hash) = (Equality::default(), KeyHash(7));
        for row in [5, 3, 9, 3] {
            index.insert(hash, row);
        }
        assert_eq!(index.rows(hash).collect::<Vec<_>>(), [3, 5, 9]);
        assert!(index.rows_up_to(hash, 2).is_none());
        for row in [3, 9, 4, 5] {
            index.remove(hash, row);
        }
        assert_eq!(index.rows(hash).count(), 0);
        assert!(index.rows.is_empty(), "nothing is kept of a key that nobody has");
        assert_eq!(index.rows_up_to(KeyHash(8), 0).map(Iterator::count), Some(0));
    }

    #[test]
    fn equal_keys_have_equal_hashes() {
        let index = KeyHasher::default();
        assert_eq!(index.hash(b"bjensen"), index.hash(b"bjensen"));
        let distinct: BTreeSet<KeyHash> = (0..1_000_u32).map(|key| index.hash(&key.to_le_bytes())).collect();
        assert!(distinct.len() > 990, "{}", distinct.len());
    }
}
