//! Very many sets of row numbers, nearly all of them empty or of one row: a million take four megabytes.

use std::collections::BTreeSet;

/// Marks a place among the larger sets instead of a row.
const MANY: u32 = 1 << 31;

/// The largest row number, for the entry that stands for the empty set is one more.
pub const LARGEST: u32 = MANY - 2;

/// One set: no row, one row, or the place of a larger set. Rows are below 2^31 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(u32);

impl Entry {
    /// The empty set.
    pub const EMPTY: Self = Self(LARGEST + 1);

    fn place(self) -> Option<usize> {
        (self.0 & MANY != 0).then_some((self.0 & !MANY) as usize)
    }
}

impl Default for Entry {
    fn default() -> Self {
        Self::EMPTY
    }
}

/// The larger sets of many entries.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    many: Vec<BTreeSet<u32>>,
    free: Vec<u32>,
}

impl Sets {
    /// Adds a row to a set.
    pub fn insert(&mut self, entry: &mut Entry, row: u32) {
        debug_assert!(row <= LARGEST, "a row is below 2^31 - 1");
        if let Some(place) = entry.place() {
            self.many[place].insert(row);
        } else if *entry == Entry::EMPTY {
            *entry = Entry(row);
        } else if entry.0 != row {
            let set = BTreeSet::from([entry.0, row]);
            let place = if let Some(place) = self.free.pop() {
                self.many[place as usize] = set;
                place
            } else {
                self.many.push(set);
                // There are fewer sets than rows.
                u32::try_from(self.many.len() - 1).unwrap_or(LARGEST)
            };
            *entry = Entry(place | MANY);
        }
    }

    /// Takes a row out of a set.
    pub fn remove(&mut self, entry: &mut Entry, row: u32) {
        let Some(place) = entry.place() else {
            if entry.0 == row {
                *entry = Entry::EMPTY;
            }
            return;
        };
        let set = &mut self.many[place];
        set.remove(&row);
        if let (1, Some(&last)) = (set.len(), set.first()) {
            set.clear();
            self.free.push(entry.0 & !MANY);
            *entry = Entry(last);
        }
    }

    /// How many rows a set has.
    #[must_use]
    pub fn count(&self, entry: Entry) -> usize {
        match entry.place() {
            Some(place) => self.many[place].len(),
            None => usize::from(entry != Entry::EMPTY),
        }
    }

    /// The rows of a set, ascending.
    pub fn rows(&self, entry: Entry) -> impl Iterator<Item = u32> + '_ {
        let many = entry.place().map(|place| self.many[place].iter().copied());
        let one = (many.is_none() && entry != Entry::EMPTY).then_some(entry.0);
        one.into_iter().chain(many.into_iter().flatten())
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
        fn they_behave_as_sets(
            steps in prop::collection::vec((any::<bool>(), 0_usize..12, 0_u32..20), 0..400),
        ) {
            let (mut sets, mut entries) = (Sets::default(), [Entry::EMPTY; 12]);
            let mut model: BTreeMap<usize, BTreeSet<u32>> = BTreeMap::new();
            for (insert, key, row) in steps {
                if insert {
                    sets.insert(&mut entries[key], row);
                    model.entry(key).or_default().insert(row);
                } else {
                    sets.remove(&mut entries[key], row);
                    model.entry(key).or_default().remove(&row);
                }
            }
            for (key, entry) in entries.into_iter().enumerate() {
                let expected: Vec<u32> = model.get(&key).into_iter().flatten().copied().collect();
                prop_assert_eq!(sets.count(entry), expected.len());
                prop_assert_eq!(sets.rows(entry).collect::<Vec<_>>(), expected);
            }
        }
    }

    #[test]
    fn the_largest_row_is_a_row() {
        let (mut sets, mut entry) = (Sets::default(), Entry::EMPTY);
        sets.insert(&mut entry, LARGEST);
        assert_eq!(sets.rows(entry).collect::<Vec<_>>(), [LARGEST]);
        sets.remove(&mut entry, LARGEST);
        assert_eq!(entry, Entry::EMPTY);
    }
}
