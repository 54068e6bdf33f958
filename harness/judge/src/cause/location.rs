//! Where a resource is said to be: `meta.location`, and the header `Location` beside it.

use weir_exchange::Exchange;

use super::signature::{MemberFault, Signature, UrlKind};
use crate::problem::Problem;

/// Parts of the sentences that compare the header with the member.
const BOTH: [&str; 4] = [
    "is not the URI of the Location header",
    "the header Location and meta.location name different URIs",
    "Location is not meta.location",
    "is not the URI of the Content-Location header",
];

/// The signature of a problem with a location: the two that differ, or a link of a resource that does not lead to it.
pub(super) fn of_problem(problem: &Problem, exchange: &Exchange) -> Option<Signature> {
    if BOTH.iter().any(|words| problem.sentence().contains(words)) {
        return Some(Signature::Locations);
    }
    let is_about = problem.sentence().starts_with("meta.location of ") || is_followed_in_vain(problem, exchange);
    is_about.then(|| Signature::Member { name: "meta.location".to_owned(), fault: MemberFault::Different })
}

/// Whether the deciding exchange reads what an earlier answer names as its location, at another place than the resource was asked
/// at or created at, and finds nothing.
fn is_followed_in_vain(problem: &Problem, exchange: &Exchange) -> bool {
    if exchange.method != "GET" || exchange.status < 400 || UrlKind::of(exchange) != UrlKind::Resource {
        return false;
    }
    let followed = exchange.url.as_str();
    problem.exchanges.iter().any(|before| {
        let is_named = before
            .text("meta.location")
            .is_some_and(|named| before.url.join(named).is_ok_and(|url| url.as_str() == followed));
        is_named && !followed.starts_with(before.url.as_str().split('?').next().unwrap_or_default())
    })
}
