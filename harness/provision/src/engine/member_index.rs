//! Which entry of the source stands behind a member's name.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::ledger::{Guid, Kind};

/// The entries of a pass by a key of their names: in memory for as many entries as there are, so it keeps no names.
#[derive(Debug, Default)]
pub struct MemberIndex {
    entries: Vec<(u64, Kind, Guid)>,
}

/// The key of a name in the form by which names are compared. Two of a million names share one in one case of 30 million.
#[must_use]
pub fn name_key(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl MemberIndex {
    /// Adds an entry by its name.
    pub fn insert(&mut self, name: &str, kind: Kind, guid: Guid) {
        self.entries.push((name_key(name), kind, guid));
    }

    /// No entry comes any more: from now on entries are found.
    pub fn finish(&mut self) {
        self.entries.sort_unstable_by_key(|(key, ..)| *key);
    }

    /// The entries behind these keys; keys without an entry are left out.
    pub fn find<'a>(&'a self, keys: &'a [u64]) -> impl Iterator<Item = (Kind, &'a Guid)> {
        keys.iter().filter_map(|wanted| {
            let position = self.entries.binary_search_by_key(wanted, |(key, ..)| *key).ok()?;
            let (_, kind, guid) = &self.entries[position];
            Some((*kind, guid))
        })
    }
}
