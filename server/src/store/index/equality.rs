//! A hash index that keeps 32 bits of each key's hash and the row, not the key: who finds a row compares it with what was
//! sought. A million keys take some 20 MB less than they would with their text.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};
use std::sync::LazyLock;

/// Marks a place in `many` instead of a row.
const MANY: u32 = 1 << 31;

/// From the hash of a key to the rows that have it, and sometimes to rows whose key only has the same hash.
#[derive(Clone, Debug, Default)]
pub struct Equality {
    rows: HashMap<u32, u32, BuildHasherDefault<RowHasher>>,
    /// The rows of hashes that have several.
    many: Vec<BTreeSet<u32>>,
    free: Vec<u32>,
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
    /// Adds a row; rows are below 2^31.
    pub fn insert(&mut self, hash: KeyHash, row: u32) {
        let Some(&entry) = self.rows.get(&hash.0) else {
            self.rows.insert(hash.0, row);
            return;
        };
        if entry & MANY != 0 {
            self.many[place(entry)].insert(row);
        } else if entry != row {
            let set = BTreeSet::from([entry, row]);
            let at = if let Some(at) = self.free.pop() {
                self.many[place(at)] = set;
                at
            } else {
                self.many.push(set);
                // There are fewer sets than rows, which are below 2^31.
                u32::try_from(self.many.len() - 1).unwrap_or(MANY - 1)
            };
            self.rows.insert(hash.0, at | MANY);
        }
    }

    /// Takes a row away.
    pub fn remove(&mut self, hash: KeyHash, row: u32) {
        let Some(&entry) = self.rows.get(&hash.0) else { return };
        if entry & MANY == 0 {
            if entry == row {
                self.rows.remove(&hash.0);
            }
            return;
        }
        let set = &mut self.many[place(entry)];
        set.remove(&row);
        if let (1, Some(&last)) = (set.len(), set.first()) {
            set.clear();
            self.free.push(entry & !MANY);
            self.rows.insert(hash.0, last);
        }
    }

    /// How many rows [`Self::rows`] gives.
    #[must_use]
    pub fn count(&self, hash: KeyHash) -> usize {
        match self.rows.get(&hash.0) {
            None => 0,
            Some(entry) if entry & MANY == 0 => 1,
            Some(&entry) => self.many[place(entry)].len(),
        }
    }

    /// The rows with this hash, ascending.
    pub fn rows(&self, hash: KeyHash) -> impl Iterator<Item = u32> + '_ {
        let entry = self.rows.get(&hash.0).copied();
        let one = entry.filter(|entry| entry & MANY == 0);
        let many = entry.filter(|entry| entry & MANY != 0).map(|entry| self.many[place(entry)].iter().copied());
        one.into_iter().chain(many.into_iter().flatten())
    }
}

fn place(entry: u32) -> usize {
    (entry & !MANY) as usize
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
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_behaves_as_a_map_to_sets(
            steps in prop::collection::vec((any::<bool>(), 0_u32..12, 0_u32..20), 0..400),
        ) {
            let mut index = Equality::default();
            let mut model: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
            for (insert, key, row) in steps {
                if insert {
                    index.insert(KeyHash(key), row);
                    model.entry(key).or_default().insert(row);
                } else {
                    index.remove(KeyHash(key), row);
                    model.entry(key).or_default().remove(&row);
                }
            }
            for key in 0..12 {
                let expected: Vec<u32> = model.get(&key).into_iter().flatten().copied().collect();
                prop_assert_eq!(index.count(KeyHash(key)), expected.len());
                prop_assert_eq!(index.rows(KeyHash(key)).collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn equal_keys_have_equal_hashes() {
        let index = KeyHasher::default();
        assert_eq!(index.hash(b"bjensen"), index.hash(b"bjensen"));
        let distinct: BTreeSet<KeyHash> = (0..1_000_u32).map(|key| index.hash(&key.to_le_bytes())).collect();
        assert!(distinct.len() > 990, "{}", distinct.len());
    }
}
