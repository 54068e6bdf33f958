//! Which resources a query's filter could match, and whether one does.

use std::borrow::Cow;

use scim::filter::Operator;
use scim::filter::eval;
use scim::filter::resolve::{Operand, ResolvedComparison, ResolvedFilter, equality_terms};
use scim::schema::{AttributeId, common};
use scim::text::MatchingRule;

use super::identifiers;
use super::index::IndexedAttributes;
use super::perspective::{Perspective, RelationAttributes};
use super::sort::{SortBy, SortKey};
use super::state::{ResourceSnapshot, Row, TenantState};
use super::tenant::PORTION;
use super::{Query, WantedRelations};

/// A query made ready to be asked of many rows.
pub(super) struct Search<'q> {
    pub query: &'q Query,
    pub perspective: Perspective<'q>,
    indexed: &'q IndexedAttributes,
    filter: Option<&'q ResolvedFilter>,
    pub sort: Option<SortBy<'q>>,
    /// The filter has terms that the membership relation answers.
    asks_membership: bool,
    /// The relations that the sort order looks into.
    sorts_by: WantedRelations,
}

impl<'q> Search<'q> {
    pub fn new(query: &'q Query, perspective: Perspective<'q>, indexed: &'q IndexedAttributes) -> Self {
        let filter = query.filter.as_deref();
        let layout = perspective.layout();
        let sorts_by =
            |relation: Option<AttributeId>| query.sort.as_ref().is_some_and(|sort| Some(sort.attribute) == relation);
        let (members, groups) = (layout.members.map(|it| it.attribute), layout.groups.map(|it| it.attribute));
        Self {
            query,
            perspective,
            indexed,
            filter,
            sort: query.sort.as_ref().map(|sort| SortBy::new(perspective.registry(), sort)),
            asks_membership: filter.is_some_and(|filter| mentions(filter, members) || mentions(filter, groups)),
            sorts_by: WantedRelations { members: sorts_by(members), groups: sorts_by(groups) },
        }
    }

    pub const fn has_filter(&self) -> bool {
        self.filter.is_some()
    }

    /// The rows that an index leaves to be looked at, in the order of creation; `None` when no index helps, or when it leaves
    /// more than `limit`.
    pub fn candidates(&self, state: &TenantState, limit: usize) -> Option<Vec<u32>> {
        let mut rows = self.candidates_of(self.filter?, state, limit)?;
        rows.sort_unstable_by_key(|&row| state.place(row));
        rows.dedup();
        Some(rows)
    }

    fn candidates_of(&self, filter: &ResolvedFilter, state: &TenantState, limit: usize) -> Option<Vec<u32>> {
        match filter {
            ResolvedFilter::Nothing => return Some(Vec::new()),
            ResolvedFilter::Or(operands) => {
                let mut rows = Vec::new();
                for operand in operands {
                    rows.extend(self.candidates_of(operand, state, limit)?);
                    if rows.len() > limit {
                        return None;
                    }
                }
                return Some(rows);
            }
            _ => {}
        }
        // A small result ends the search: evaluating a few rows costs less than looking further terms up.
        let mut best: Option<Vec<u32>> = None;
        for (leaf, operand) in equality_terms(filter) {
            let bound = best.as_ref().map_or(limit, Vec::len);
            if let Some(rows) = self.rows_of_term(leaf, operand, state, bound) {
                let enough = rows.len() <= 8;
                best = Some(rows);
                if enough {
                    break;
                }
            }
        }
        best
    }

    /// The rows that `leaf eq operand` can be true of, unless more than `limit`.
    fn rows_of_term(
        &self,
        leaf: AttributeId,
        operand: &Operand,
        state: &TenantState,
        limit: usize,
    ) -> Option<Vec<u32>> {
        if leaf == common::ID {
            let (_, key) = operand.key()?;
            return Some(identifiers::parse(key).and_then(|id| state.find_id(id)).into_iter().collect());
        }
        if let Some((index, hash)) = self.indexed.sought(leaf, operand) {
            return state.table(index).rows_up_to(hash, limit).map(Iterator::collect);
        }
        let term = self.membership_term(leaf)?;
        let Some(other) = other_end(operand, state) else { return Some(Vec::new()) };
        match term {
            SearchTerm::Member => {
                let rows: Vec<u32> = state.membership.direct_groups(other).take(limit + 1).collect();
                (rows.len() <= limit).then_some(rows)
            }
            SearchTerm::Group => Some(state.membership.descendants(other, limit)?.into_iter().collect()),
        }
    }

    fn membership_term(&self, leaf: AttributeId) -> Option<SearchTerm> {
        let layout = self.perspective.layout();
        let is = |relation: Option<RelationAttributes>| relation.is_some_and(|relation| relation.value == Some(leaf));
        if is(layout.members) { Some(SearchTerm::Member) } else { is(layout.groups).then_some(SearchTerm::Group) }
    }

    /// Whether a row of the right type satisfies the filter.
    pub fn matches(&self, state: &TenantState, number: u32, row: &Row) -> bool {
        let Some(filter) = self.filter else { return true };
        if !self.asks_membership {
            return eval::matches(filter, row.stored.record(self.perspective));
        }
        let filter = self.settle(filter, state, number);
        let layout = self.perspective.layout();
        let wanted = WantedRelations {
            members: mentions(&filter, layout.members.map(|it| it.attribute)),
            groups: mentions(&filter, layout.groups.map(|it| it.attribute)),
        };
        let stored = state.snapshot(number, row, wanted, self.perspective, usize::MAX).stored;
        eval::matches(&filter, stored.record(self.perspective))
    }

    /// Replaces each `members.value eq "x"` and `groups.value eq "x"` by whether it is so, which the relation knows without a
    /// look at a million members.
    fn settle<'f>(&self, filter: &'f ResolvedFilter, state: &TenantState, row: u32) -> Cow<'f, ResolvedFilter> {
        let all = |operands: &[ResolvedFilter]| {
            operands.iter().map(|operand| self.settle(operand, state, row).into_owned()).collect()
        };
        let comparison = match filter {
            ResolvedFilter::And(operands) => return Cow::Owned(ResolvedFilter::And(all(operands))),
            ResolvedFilter::Or(operands) => return Cow::Owned(ResolvedFilter::Or(all(operands))),
            ResolvedFilter::Not(inner) => {
                return Cow::Owned(ResolvedFilter::Not(Box::new(self.settle(inner, state, row).into_owned())));
            }
            ResolvedFilter::Compare(comparison) => comparison,
            ResolvedFilter::ValuePath { filter: inner, .. } => match &**inner {
                ResolvedFilter::Compare(comparison) => comparison,
                _ => return Cow::Borrowed(filter),
            },
            ResolvedFilter::Present { .. } | ResolvedFilter::Nothing => return Cow::Borrowed(filter),
        };
        let ResolvedComparison { attribute, sub_attribute, operator: Operator::Equal, value } = comparison else {
            return Cow::Borrowed(filter);
        };
        let term = self.membership_term(sub_attribute.unwrap_or(*attribute));
        let (Some(term), Some(_)) = (term, value.key()) else { return Cow::Borrowed(filter) };
        let holds = other_end(value, state).is_some_and(|other| match term {
            SearchTerm::Member => state.membership.contains(row, other),
            SearchTerm::Group => state.membership.belongs_to(row, other),
        });
        Cow::Owned(if holds { ResolvedFilter::And(Vec::new()) } else { ResolvedFilter::Nothing })
    }

    /// A row as the answer shows it.
    pub fn snapshot(&self, state: &TenantState, number: u32, row: &Row) -> ResourceSnapshot {
        state.snapshot(number, row, self.query.wanted, self.perspective, PORTION)
    }

    /// What a row is sorted by.
    pub fn sort_key(&self, state: &TenantState, number: u32, row: &Row) -> Option<SortKey> {
        let sort = self.sort?;
        if self.sorts_by == WantedRelations::default() {
            return sort.key(row.stored.record(self.perspective));
        }
        let stored = state.snapshot(number, row, self.sorts_by, self.perspective, usize::MAX).stored;
        sort.key(stored.record(self.perspective))
    }
}

/// Which relation a term asks.
#[derive(Clone, Copy)]
enum SearchTerm {
    Member,
    Group,
}

/// The row whose id the operand is. A value that is not an id equals no member's; ids have small letters, and others are equal to
/// them where the attribute is not caseExact.
fn other_end(operand: &Operand, state: &TenantState) -> Option<u32> {
    let (rule, key) = operand.key()?;
    if rule == MatchingRule::Exact && key.bytes().any(|letter| letter.is_ascii_uppercase()) {
        return None;
    }
    state.find_id(identifiers::parse(key)?)
}

fn mentions(filter: &ResolvedFilter, attribute: Option<AttributeId>) -> bool {
    let Some(wanted) = attribute else { return false };
    match filter {
        ResolvedFilter::Present { attribute, .. } | ResolvedFilter::ValuePath { attribute, .. } => *attribute == wanted,
        ResolvedFilter::Compare(comparison) => comparison.attribute == wanted,
        ResolvedFilter::Not(inner) => mentions(inner, Some(wanted)),
        ResolvedFilter::And(operands) | ResolvedFilter::Or(operands) => {
            operands.iter().any(|operand| mentions(operand, Some(wanted)))
        }
        ResolvedFilter::Nothing => false,
    }
}
