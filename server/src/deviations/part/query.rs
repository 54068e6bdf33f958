//! Parts at the request that edit a query after it is decoded: its filter, order and window.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use scim::filter::{Operator, ResolvedComparison, ResolvedFilter};
use scim::schema::{AttributeId, Registry};

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Query;

/// Edits every node of a query's filter, the inner ones first.
pub struct EditFilter(pub fn(ResolvedFilter, &Registry) -> ResolvedFilter);

impl RequestSeam for EditFilter {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        edit_filter(&mut operation, next.registry(), &self.0);
        next.run(operation)
    }
}

/// Edits the query of a list.
pub struct EditQuery(pub fn(&mut Query));

impl RequestSeam for EditQuery {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if let Operation::List(query) = &mut operation {
            (self.0)(query);
        }
        next.run(operation)
    }
}

/// Edits every comparison of a query's filter.
pub struct EditComparison(pub fn(ResolvedComparison, &Registry) -> ResolvedFilter);

impl RequestSeam for EditComparison {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        edit_filter(&mut operation, next.registry(), &|filter, registry| match filter {
            ResolvedFilter::Compare(comparison) => (self.0)(comparison, registry),
            other => other,
        });
        next.run(operation)
    }
}

/// Puts another operator into every comparison of a query's filter.
pub struct EditOperator(pub fn(Operator) -> Operator);

impl RequestSeam for EditOperator {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        edit_filter(&mut operation, next.registry(), &|mut filter, _| {
            if let ResolvedFilter::Compare(comparison) = &mut filter {
                comparison.operator = (self.0)(comparison.operator);
            }
            filter
        });
        next.run(operation)
    }
}

/// Lets comparisons of some attributes match nothing.
pub struct MatchNothing(pub fn(&Registry, AttributeId) -> bool);

impl RequestSeam for MatchNothing {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        edit_filter(&mut operation, next.registry(), &|filter, registry| match filter {
            ResolvedFilter::Compare(comparison) if (self.0)(registry, comparison.attribute) => ResolvedFilter::Nothing,
            other => other,
        });
        next.run(operation)
    }
}

fn edit_filter(
    operation: &mut Operation,
    registry: &Registry,
    edit: &dyn Fn(ResolvedFilter, &Registry) -> ResolvedFilter,
) {
    if let Operation::List(query) = operation
        && let Some(filter) = &query.filter
    {
        query.filter = Some(Arc::new(map(ResolvedFilter::clone(filter), registry, edit)));
    }
}

fn map(
    filter: ResolvedFilter,
    registry: &Registry,
    edit: &dyn Fn(ResolvedFilter, &Registry) -> ResolvedFilter,
) -> ResolvedFilter {
    let all =
        |operands: Vec<ResolvedFilter>| operands.into_iter().map(|operand| map(operand, registry, edit)).collect();
    let inner = match filter {
        ResolvedFilter::Not(inner) => ResolvedFilter::Not(Box::new(map(*inner, registry, edit))),
        ResolvedFilter::And(operands) => ResolvedFilter::And(all(operands)),
        ResolvedFilter::Or(operands) => ResolvedFilter::Or(all(operands)),
        ResolvedFilter::ValuePath { attribute, filter } => {
            ResolvedFilter::ValuePath { attribute, filter: Box::new(map(*filter, registry, edit)) }
        }
        leaf => leaf,
    };
    edit(inner, registry)
}
