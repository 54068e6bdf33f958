//! The envelope in which lists come (RFC 7644 section 3.4.2, RFC 9865 section 2).

use serde_json::{Map, Value};
use weir_exchange::difference::member;

use crate::rule::{ExchangeView, LIST_RESPONSE, Place, Rule, RuleReport, brief, has_value};

pub(super) const RULES: &[Rule] = &[
    Rule::new("lists.schema", "Each list names the schema of ListResponse, and no other", schema)
        .matters("Clients switch on the URN; a list without it, or with one of SCIM 1.1, is an unknown message.")
        .requirements(&["RFC7644-3.4.2-04"])
        .legal(&["schemas is [\"urn:ietf:params:scim:api:messages:2.0:ListResponse\"]"]),
    Rule::new("lists.total", "Each list says how many resources match, and shows no more than that", total)
        .matters("Clients page until they have totalResults; without it, or with too few, they stop early and take the rest for gone.")
        .requirements(&["RFC7644-3.4.2-05", "RFC7644-3.4.2-13"])
        .legal(&[
            "totalResults is an integer that is not less than the number of resources shown",
            "no totalResults in a page of a walk by cursor",
        ]),
    Rule::new("lists.resources", "Resources is an array of objects, and there if anything matches", resources)
        .matters("A client that reads Resources finds no one where it is missing or is a single object, and takes all accounts for deleted.")
        .requirements(&["RFC7644-3.4.2-06", "RFC7644-3.4.2-07"])
        .legal(&["Resources is an array of objects", "no Resources, if none is shown"]),
    Rule::new("lists.page", "startIndex and itemsPerPage are integers, there on each partial page, and itemsPerPage counts what is shown", page)
        .matters("The next page is asked for at startIndex + itemsPerPage: if one is missing or wrong, resources are skipped or fetched twice.")
        .requirements(&["RFC7644-3.4.2-09", "RFC7644-3.4.2-10", "RFC7644-3.4.2.4-12"])
        .legal(&[
            "both are integers on a page that does not show every match, and itemsPerPage is the number of resources shown",
            "neither, or either, on a complete list and in a walk by cursor",
        ]),
];

/// The list that was asked for, if one came.
fn list<'e>(view: &ExchangeView<'e>) -> Option<&'e Map<String, Value>> {
    // What the base URL is answered with is an endpoint's own choice, unless it says that it is a list.
    let is_asked_for = view.asks_for_list() || (view.place == Place::Root && view.is_list());
    if !is_asked_for || view.exchange.status != 200 {
        return None;
    }
    view.body.and_then(Value::as_object)
}

fn shown(list: &Map<String, Value>) -> usize {
    member(list, "Resources").and_then(Value::as_array).map_or(0, Vec::len)
}

fn total_of(list: &Map<String, Value>) -> Option<u64> {
    member(list, "totalResults").and_then(Value::as_u64)
}

/// Whether the page belongs to a walk by cursor (RFC 9865).
fn is_by_cursor(view: &ExchangeView<'_>, list: &Map<String, Value>) -> bool {
    let asks = view.parameter("cursor").is_some()
        || (view.place == Place::Search
            && view
                .request_json()
                .as_ref()
                .and_then(Value::as_object)
                .is_some_and(|body| member(body, "cursor").is_some()));
    asks || ["nextCursor", "previousCursor"].iter().any(|name| member(list, name).is_some_and(has_value))
}

fn schema(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Some(list) = list(view) else { return };
    let schemas = member(list, "schemas");
    let right =
        schemas.and_then(Value::as_array).is_some_and(|schemas| schemas.len() == 1 && schemas[0] == LIST_RESPONSE);
    report.expect(right, &["RFC7644-3.4.2-04"], "the schemas of a list are not those of a ListResponse", || {
        schemas.map_or_else(|| "no schemas".into(), brief)
    });
}

fn total(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Some(list) = list(view) else { return };
    let total = member(list, "totalResults").filter(|total| has_value(total));
    if total.is_none() && is_by_cursor(view, list) {
        return;
    }
    let observed = || total.map_or_else(|| "no totalResults".into(), brief);
    match total_of(list) {
        None => report.expect(false, &["RFC7644-3.4.2-05"], "totalResults is not an integer", observed),
        Some(count) => {
            let shown = shown(list);
            let is_enough = usize::try_from(count).is_ok_and(|count| count >= shown);
            report.expect(
                is_enough,
                &["RFC7644-3.4.2-13"],
                "totalResults is less than the number of resources shown",
                || format!("totalResults {count}, {shown} shown"),
            );
        }
    }
}

fn resources(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Some(list) = list(view) else { return };
    report.judged();
    match member(list, "Resources").filter(|resources| !resources.is_null()) {
        Some(Value::Array(resources)) => {
            if let Some(strange) = resources.iter().find(|resource| !resource.is_object()) {
                report.breach(&["RFC7644-3.4.2-07"], "an element of Resources is not an object", brief(strange));
            }
        }
        Some(other) => {
            report.breach(&["RFC7644-3.4.2-07"], "Resources is not an array", brief(other));
        }
        None => {
            // A page of none, by its size or behind the end of the list, shows nothing.
            let is_whole = ["count", "startIndex", "cursor"].iter().all(|name| view.parameter(name).is_none());
            let is_whole = is_whole && view.place != Place::Search;
            if is_whole && total_of(list).is_some_and(|total| total > 0) {
                let observed = total_of(list).unwrap_or_default();
                report.breach(&["RFC7644-3.4.2-06"], "Resources is missing", format!("totalResults {observed}"));
            }
        }
    }
}

fn page(view: &ExchangeView<'_>, report: &mut RuleReport) {
    let Some(list) = list(view) else { return };
    let shown = shown(list);
    let is_partial =
        shown > 0 && total_of(list).is_some_and(|total| usize::try_from(total).is_ok_and(|total| total > shown));
    let by_cursor = is_by_cursor(view, list);
    for (name, requirements) in
        [("startIndex", &["RFC7644-3.4.2-09"] as &'static [&'static str]), ("itemsPerPage", &["RFC7644-3.4.2-10"])]
    {
        match member(list, name).filter(|value| has_value(value)) {
            Some(value) => {
                let message = format!("{name} is not an integer");
                report.expect(value.is_i64() || value.is_u64(), requirements, message, || brief(value));
            }
            None if is_partial && !by_cursor => {
                let observed = format!("{shown} shown, totalResults {}", total_of(list).unwrap_or_default());
                report.breach(requirements, format!("{name} is missing on a partial page"), observed);
            }
            None => {}
        }
    }
    // On a page of none many endpoints repeat the count that was asked for.
    if let Some(items) = member(list, "itemsPerPage").and_then(Value::as_u64)
        && is_partial
    {
        let message = "itemsPerPage is not the number of resources shown";
        report.expect(usize::try_from(items) == Ok(shown), &["RFC7644-3.4.2.4-12"], message, || {
            format!("itemsPerPage {items}, {shown} shown")
        });
    }
}

#[cfg(test)]
mod tests;
