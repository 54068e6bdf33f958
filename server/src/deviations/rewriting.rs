//! Changing queries on their way: what several deviations of lists share.

use std::borrow::Cow;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use scim::filter::Resolved;
use scim::schema::Registry;

use crate::application::{Next, Operation, Outcome, RequestSeam};
use crate::message::Incoming;
use crate::store::Query;

/// Changes every node of a query's filter, the inner ones first.
pub struct Nodes(pub fn(Resolved, &Registry) -> Resolved);

impl RequestSeam for Nodes {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if let Operation::List(query) = &mut operation
            && let Some(filter) = &query.filter
        {
            query.filter = Some(Arc::new(map(Resolved::clone(filter), next.registry(), self.0)));
        }
        next.run(operation)
    }
}

fn map(filter: Resolved, registry: &Registry, change: fn(Resolved, &Registry) -> Resolved) -> Resolved {
    let all = |operands: Vec<Resolved>| operands.into_iter().map(|operand| map(operand, registry, change)).collect();
    let inner = match filter {
        Resolved::Not(inner) => Resolved::Not(Box::new(map(*inner, registry, change))),
        Resolved::And(operands) => Resolved::And(all(operands)),
        Resolved::Or(operands) => Resolved::Or(all(operands)),
        Resolved::ValuePath { attribute, filter } => {
            Resolved::ValuePath { attribute, filter: Box::new(map(*filter, registry, change)) }
        }
        leaf => leaf,
    };
    change(inner, registry)
}

/// Changes a query after it was decoded.
pub struct Queries(pub fn(&mut Query));

impl RequestSeam for Queries {
    fn run<'a>(&'a self, mut operation: Operation, next: Next<'a>) -> BoxFuture<'a, scim::Result<Outcome>> {
        if let Operation::List(query) = &mut operation {
            (self.0)(query);
        }
        next.run(operation)
    }
}

/// Changes one parameter of the query string before it is decoded; `None` takes it away.
pub struct Parameter {
    pub name: &'static str,
    pub change: fn(String) -> Option<String>,
}

impl RequestSeam for Parameter {
    fn rewrite(&self, incoming: &mut Incoming<'_>) -> scim::Result<()> {
        let Some(query) = &incoming.query else { return Ok(()) };
        let pairs: Vec<String> = query
            .split('&')
            .filter_map(|pair| match pair.split_once('=') {
                Some((name, value)) if name == self.name => {
                    let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
                    let value = (self.change)(value)?;
                    Some(format!("{name}={}", utf8_percent_encode(&value, NON_ALPHANUMERIC)))
                }
                _ => Some(pair.to_owned()),
            })
            .collect();
        incoming.query = Some(Cow::Owned(pairs.join("&")));
        Ok(())
    }
}
