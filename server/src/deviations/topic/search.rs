//! Queries by POST and queries of everything (RFC 7644 sections 3.4.2.1 and 3.4.3).

use scim::ErrorKind;
use scim::filter::{Filter, ResolvedFilter, parse};
use scim::message;
use scim::tolerance::Tolerances;
use serde_json::{Value, json};

use crate::deviations::Deviation;
use crate::deviations::part::answer::{EditBody, EditResource, Fail, remove};
use crate::deviations::part::query::EditFilter;
use crate::deviations::part::request::{DropFromSearch, EditPath, EditRequest, EditSearch, body};
use crate::message::Head;

pub(super) const DEVIATIONS: &[Deviation] = &[
    Deviation::new("root.fails", "a query of the base URL is answered 500")
        .breaks(&["RFC7644-3.12-32", "RFC7644-3.12-12"])
        .when(|head, answer| answer.is_list() && is_root(head))
        .answer(&Fail(ErrorKind::Internal, "internal error")),
    Deviation::new(
        "root.unknown-attribute-matches",
        "in a query over all types, a condition on an attribute that a type lacks is true",
    )
    .breaks(&["RFC7644-3.4.2.1-05", "RFC7644-3.4.2.1-06"])
    .request(&EditFilter(|filter, _| match filter {
        ResolvedFilter::Nothing => ResolvedFilter::Not(Box::new(ResolvedFilter::Nothing)),
        other => other,
    })),
    Deviation::new("root.users-only", "a query of the base URL looks at users and at nothing else")
        .breaks(&["RFC7644-3.4.2.1-02"])
        .when(|head, answer| answer.is_list() && is_root(head))
        .answer(&EditBody(|_, list| {
            if let Some(resources) = list["Resources"].as_array_mut() {
                resources.retain(|resource| resource["meta"]["resourceType"] == "User");
                list["totalResults"] = resources.len().into();
            }
        })),
    Deviation::new("search.everybody-missing", "a search without filter is empty")
        .breaks(&["RFC7644-3.4.3-11", "RFC7644-3.4.3-13"])
        .request(&EditSearch(|search| {
            search.entry("filter").or_insert_with(|| "id eq \"nobody\"".into());
        })),
    Deviation::new("search.filter-ignored", "the filter in the body of a search is ignored")
        .breaks(&["RFC7644-3.4.3-21", "RFC7644-3.4.3-10", "RFC7644-3.2-08", "RFC7644-3.4.2.2-04"])
        .request(&DropFromSearch(&["filter"])),
    Deviation::new("search.malformed-ignored", "a search whose body is not JSON is answered with every user")
        .breaks(&["RFC7644-3.4.3-20"])
        .given(|incoming| {
            incoming.path.ends_with("/.search") && serde_json::from_slice::<Value>(&incoming.body).is_err()
        })
        .request(&EditRequest(|incoming| {
            incoming.body = json!({"schemas": [message::SEARCH_REQUEST]}).to_string().into();
        })),
    Deviation::new("search.not-distributed", "in the body of a search not (a and b) is read as not (a) and (b)")
        .breaks(&["RFC7644-3.4.2.2-42", "RFC7644-3.4.2.2-45"])
        .request(&EditSearch(|search| {
            if let Some(read) = search.get("filter").and_then(Value::as_str).and_then(undistributed) {
                search["filter"] = read.into();
            }
        })),
    Deviation::new("search.order-ignored", "sortBy in the body of a search is ignored")
        .breaks(&["RFC7644-3.4.3-12", "RFC7644-3.4.3-14", "RFC7644-3.4.3-21"])
        .request(&DropFromSearch(&["sortBy"])),
    Deviation::new("search.paging-ignored", "startIndex, count and cursor in the body of a search are ignored")
        .breaks(&["RFC7644-3.4.3-03", "RFC7644-3.4.3-16", "RFC7644-3.4.3-17", "RFC7644-3.4.3-21"])
        .request(&DropFromSearch(&["startIndex", "count", "cursor"])),
    // Only where something was taken away.
    Deviation::new("search.projection-always", "excludedAttributes in a search takes id away")
        .breaks(&["RFC7644-3.4.3-09"])
        .when(|head, answer| answer.is_list() && head.path.ends_with("/.search"))
        .answer(&EditResource(|resource| {
            if resource.get("emails").is_none() {
                remove(resource, &["id"]);
            }
        })),
    Deviation::new(
        "search.projection-ignored",
        "attributes and excludedAttributes in the body of a search are ignored",
    )
    .breaks(&["RFC7644-3.4.3-03", "RFC7644-3.4.3-05", "RFC7644-3.4.3-07"])
    .request(&DropFromSearch(&["attributes", "excludedAttributes"])),
    Deviation::new(
        "search.taken-for-collection",
        "a body that is not a search creates a resource when it is sent to .search",
    )
    .breaks(&["RFC7644-3.4.3-02"])
    .given(|incoming| {
        let schemas = body(incoming).get("schemas").and_then(Value::as_array).cloned().unwrap_or_default();
        !schemas.is_empty() && !schemas.contains(&message::SEARCH_REQUEST.into())
    })
    .request(&EditPath(|path| path.strip_suffix("/.search").map(str::to_owned))),
];

/// The filter as it is read by an endpoint that takes `not` for a part of the first operand; `None` if it cannot be read.
fn undistributed(text: &str) -> Option<String> {
    let filter = parse::parse(text, parse::Limits::default(), &Tolerances::strict()).ok()?;
    Some(misread(filter).to_string())
}

fn misread(filter: Filter) -> Filter {
    let all = |operands: Vec<Filter>| operands.into_iter().map(misread).collect::<Vec<_>>();
    match filter {
        Filter::Not(inner) => match *inner {
            Filter::And(operands) => Filter::And(first_negated(all(operands))),
            Filter::Or(operands) => Filter::Or(first_negated(all(operands))),
            other => Filter::Not(Box::new(misread(other))),
        },
        Filter::And(operands) => Filter::And(all(operands)),
        Filter::Or(operands) => Filter::Or(all(operands)),
        other => other,
    }
}

fn first_negated(mut operands: Vec<Filter>) -> Vec<Filter> {
    if let Some(first) = operands.first_mut() {
        *first = Filter::Not(Box::new(first.clone()));
    }
    operands
}

/// Whether the request is for the base URL itself; the proof's types and those of the core stand below it.
fn is_root(head: &Head<'_>) -> bool {
    let path = head.path.trim_end_matches("/.search").trim_end_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    // The endpoints of resource types have names with a capital letter, and a base URL ends in the version.
    !last.starts_with(|first: char| first.is_ascii_uppercase())
}
