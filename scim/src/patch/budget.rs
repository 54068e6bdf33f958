//! What one PATCH may cost.

use std::cell::Cell;

use super::Relation;
use crate::resource::Fields;
use crate::{Error, ErrorKind, Result};

/// How many values the steps of one PATCH may look at. A change is made under a lock, and many operations on a long list
/// would hold it for long.
const VALUES_LOOKED_AT: usize = 10_000_000;

/// What is left of [`VALUES_LOOKED_AT`].
pub(super) struct Budget(Cell<usize>);

impl Budget {
    pub fn new() -> Self {
        Self(Cell::new(VALUES_LOOKED_AT))
    }

    /// The relation, its enumeration paid for from this budget.
    pub fn counted<'a>(&'a self, relation: &'a mut dyn Relation) -> CountedRelation<'a> {
        CountedRelation { relation, budget: self }
    }

    pub fn spend(&self, values: usize) {
        self.0.set(self.0.get().saturating_sub(values));
    }

    /// # Errors
    /// 413 when nothing is left.
    pub fn check(&self) -> Result<()> {
        if self.0.get() > 0 {
            return Ok(());
        }
        let detail =
            "the operations look at more values than one PATCH can; send them in several, or name values by key";
        Err(Error::new(ErrorKind::PayloadTooLarge, detail))
    }
}

/// A relation whose enumeration is paid for.
pub(super) struct CountedRelation<'a> {
    relation: &'a mut dyn Relation,
    budget: &'a Budget,
}

impl Relation for CountedRelation<'_> {
    fn contains(&self, key: &str) -> bool {
        self.relation.contains(key)
    }

    fn insert(&mut self, value: &Fields) -> Result<bool> {
        self.relation.insert(value)
    }

    fn remove(&mut self, key: &str) -> bool {
        self.relation.remove(key)
    }

    fn clear(&mut self) -> bool {
        self.relation.clear()
    }

    fn for_each(&self, visit: &mut dyn FnMut(&Fields)) {
        self.relation.for_each(&mut |value| {
            self.budget.spend(1);
            visit(value);
        });
    }
}
