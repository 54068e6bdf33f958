//! Membership: which resources are members of which groups, as an edge table with its reverse.
//!
//! The table of a group's members is what counts. The reverse may hold pairs that are no longer true: emptying a group of a
//! million members takes its table away at once and leaves the reverse to be [cleaned](Membership::clean) in portions, so
//! that nobody waits. Whoever reads the reverse asks the table.

use std::collections::btree_map;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque, btree_set};
use std::hash::BuildHasherDefault;
use std::ops::Bound;

use super::index::RowHasher;
use super::sets::{Entry, Sets};

/// See the [module documentation](self). Groups and members are row numbers.
#[derive(Debug, Default)]
pub struct Membership {
    members: HashMap<u32, BTreeSet<u32>, BuildHasherDefault<RowHasher>>,
    groups: Groups,
    /// Groups that were emptied, with the members whose reverse pairs are still to be looked at.
    emptied: VecDeque<(u32, btree_set::IntoIter<u32>)>,
    pairs: usize,
}

/// The reverse: the groups of each member.
#[derive(Clone, Debug, Default)]
struct Groups {
    /// By row number of the member.
    entries: Vec<Entry>,
    sets: Sets,
}

impl Groups {
    fn insert(&mut self, member: u32, group: u32) {
        let at = member as usize;
        if at >= self.entries.len() {
            self.entries.resize(at + 1, Entry::EMPTY);
        }
        self.sets.insert(&mut self.entries[at], group);
    }

    fn remove(&mut self, member: u32, group: u32) {
        if let Some(entry) = self.entries.get_mut(member as usize) {
            self.sets.remove(entry, group);
        }
    }

    fn retain(&mut self, keep: impl Fn(u32, u32) -> bool) {
        for (member, entry) in (0..).zip(&mut self.entries) {
            let gone: Vec<u32> = self.sets.rows(*entry).filter(|&group| !keep(member, group)).collect();
            for group in gone {
                self.sets.remove(entry, group);
            }
        }
    }

    fn of(&self, member: u32) -> impl Iterator<Item = u32> + '_ {
        self.sets.rows(self.entries.get(member as usize).copied().unwrap_or_default())
    }
}

impl Clone for Membership {
    /// What emptied groups left behind is not copied but looked through: the copy's reverse is exact.
    fn clone(&self) -> Self {
        let mut groups = self.groups.clone();
        if !self.emptied.is_empty() {
            groups.retain(|member, group| self.contains(group, member));
        }
        Self { members: self.members.clone(), groups, emptied: VecDeque::new(), pairs: self.pairs }
    }
}

impl Membership {
    /// Memberships in all.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pairs
    }

    /// Whether `member` is a direct member of `group`.
    #[must_use]
    pub fn contains(&self, group: u32, member: u32) -> bool {
        self.members.get(&group).is_some_and(|members| members.contains(&member))
    }

    /// How many direct members a group has.
    #[must_use]
    pub fn count(&self, group: u32) -> usize {
        self.members.get(&group).map_or(0, BTreeSet::len)
    }

    /// The direct members of a group behind `after` in the order of row numbers.
    pub fn members(&self, group: u32, after: Option<u32>) -> impl Iterator<Item = u32> + '_ {
        let start = after.map_or(Bound::Unbounded, Bound::Excluded);
        let members = self.members.get(&group);
        members.into_iter().flat_map(move |members| members.range((start, Bound::Unbounded)).copied())
    }

    /// Adds a member unless it is there; says whether it was added. The caller has looked for cycles.
    pub fn insert(&mut self, group: u32, member: u32) -> bool {
        let added = self.members.entry(group).or_default().insert(member);
        if added {
            self.groups.insert(member, group);
            self.pairs += 1;
        }
        added
    }

    /// Removes a member; says whether it was one.
    pub fn remove(&mut self, group: u32, member: u32) -> bool {
        let Some(members) = self.members.get_mut(&group) else { return false };
        let removed = members.remove(&member);
        if removed {
            self.groups.remove(member, group);
            self.pairs -= 1;
        }
        removed
    }

    /// Removes every member of a group.
    pub fn empty(&mut self, group: u32) {
        if let Some(members) = self.members.remove(&group) {
            self.pairs -= members.len();
            self.emptied.push_back((group, members.into_iter()));
        }
    }

    /// Looks at up to `portion` pairs that emptying left behind; says whether more are left.
    pub fn clean(&mut self, portion: usize) -> bool {
        for _ in 0..portion {
            let Some((group, members)) = self.emptied.front_mut() else { return false };
            let group = *group;
            match members.next() {
                // It may be a member again, or the row number may be in use again.
                Some(member) if !self.contains(group, member) => {
                    self.groups.remove(member, group);
                }
                Some(_) => {}
                None => {
                    self.emptied.pop_front();
                }
            }
        }
        !self.emptied.is_empty()
    }

    /// Takes a resource out of every group, and returns these.
    pub fn forget_member(&mut self, member: u32) -> Vec<u32> {
        let groups: Vec<u32> = self.direct_groups(member).collect();
        for &group in &groups {
            self.remove(group, member);
        }
        groups
    }

    /// The groups that a resource is a direct member of.
    pub fn direct_groups(&self, member: u32) -> impl Iterator<Item = u32> + '_ {
        // Only emptying leaves pairs that are no longer true, and asking the table of a big group is half of the cost.
        let exact = self.emptied.is_empty();
        self.groups.of(member).filter(move |&group| exact || self.contains(group, member))
    }

    /// Every group that a resource belongs to, ascending, and whether directly (RFC 7643 section 4.1.2, `groups`).
    #[must_use]
    pub fn groups(&self, member: u32) -> Vec<(u32, bool)> {
        let direct: Vec<(u32, bool)> = self.direct_groups(member).map(|group| (group, true)).collect();
        // Few groups are members of groups.
        if direct.iter().all(|&(group, _)| self.direct_groups(group).next().is_none()) {
            return direct;
        }
        let mut pending: Vec<u32> = direct.iter().map(|&(group, _)| group).collect();
        let mut found: BTreeMap<u32, bool> = direct.into_iter().collect();
        while let Some(group) = pending.pop() {
            for outer in self.direct_groups(group) {
                if let btree_map::Entry::Vacant(entry) = found.entry(outer) {
                    entry.insert(false);
                    pending.push(outer);
                }
            }
        }
        found.into_iter().collect()
    }

    /// Whether a resource belongs to a group, directly or through others.
    #[must_use]
    pub fn belongs_to(&self, member: u32, group: u32) -> bool {
        self.groups(member).binary_search_by_key(&group, |&(group, _)| group).is_ok()
    }

    /// Everything that belongs to a group directly or through another, up to about `limit`; `None` when there is more.
    #[must_use]
    pub fn descendants(&self, group: u32, limit: usize) -> Option<BTreeSet<u32>> {
        let mut found = BTreeSet::new();
        let mut pending = vec![group];
        while let Some(group) = pending.pop() {
            if found.len() + self.count(group) > limit {
                return None;
            }
            pending.extend(self.members(group, None).filter(|&member| found.insert(member)));
        }
        Some(found)
    }

    /// Whether making `member` a member of `group` would make a group a member of itself, directly or through others.
    #[must_use]
    pub fn would_make_cycle(&self, group: u32, member: u32) -> bool {
        group == member || (self.count(member) > 0 && self.belongs_to(group, member))
    }
}

#[cfg(test)]
mod tests;
