//! Parts at the request that edit a query after it is decoded: its filter, order and window.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use scim::filter::{Operator, Resolved, ResolvedComparison};
use scim::schema::{AttributeId, Registry};

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::store::Query;

/// Edits every node of a query's filter, the inner ones first.
pub struct EditFilter(pub fn(Resolved, &Registry) -> Resolved);

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
pub struct EditComparison(pub fn(ResolvedComparison, &Registry) -> Resolved);

impl RequestSeam for EditComparison {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        edit_filter(&mut operation, next.registry(), &|filter, registry| match filter {
            Resolved::Compare(comparison) => (self.0)(comparison, registry),
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
            if let Resolved::Compare(comparison) = &mut filter {
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
            Resolved::Compare(comparison) if (self.0)(registry, comparison.attribute) => Resolved::Nothing,
            other => other,
        });
        next.run(operation)
    }
}

fn edit_filter(operation: &mut Operation, registry: &Registry, edit: &dyn Fn(Resolved, &Registry) -> Resolved) {
    if let Operation::List(query) = operation
        && let Some(filter) = &query.filter
    {
        query.filter = Some(Arc::new(map(Resolved::clone(filter), registry, edit)));
    }
}

fn map(filter: Resolved, registry: &Registry, edit: &dyn Fn(Resolved, &Registry) -> Resolved) -> Resolved {
    let all = |operands: Vec<Resolved>| operands.into_iter().map(|operand| map(operand, registry, edit)).collect();
    let inner = match filter {
        Resolved::Not(inner) => Resolved::Not(Box::new(map(*inner, registry, edit))),
        Resolved::And(operands) => Resolved::And(all(operands)),
        Resolved::Or(operands) => Resolved::Or(all(operands)),
        Resolved::ValuePath { attribute, filter } => {
            Resolved::ValuePath { attribute, filter: Box::new(map(*filter, registry, edit)) }
        }
        leaf => leaf,
    };
    edit(inner, registry)
}
