//! What a walk by cursor does not do: longer pages than agreed, pages for cursors that nobody made (RFC 9865 sections 2.1 and 5.2).

use std::sync::Arc;

use serde_json::{Value, json};
use weir_exchange::Exchange;

use super::{NEEDS, begun, member, page, people};
use crate::check::cohort::{ids_in, resource_count};
use crate::check::{Check, CheckResult, Context, LISTED};

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new(
        "cursor-paging.count",
        "A count of 0 or less gives the total and no resources; without count the page is not too long",
        &count,
    )
    .matters("A client that asks for the total alone must not get a page of people.")
    .requirements(&["RFC9865-2-04", "RFC9865-2-05", "RFC9865-2-08", "RFC9865-4-06", "RFC9865-4-07"])
    .needs(NEEDS)
    .legal(&["200 without resources", "without count 200 with at most pagination.maxPageSize resources"])
    .on_every_type(LISTED),
    Check::new("cursor-paging.max-page-size", "No page is longer than pagination.maxPageSize", &max_page_size)
        .matters("A client sizes its requests by the published limit and takes a longer page for a fault.")
        .requirements(&["RFC9865-4-07", "RFC9865-2.1-06"])
        .needs(NEEDS)
        .legal(&["200 with at most maxPageSize resources", "400 invalidCount"])
        .on_every_type(LISTED),
    Check::new(
        "cursor-paging.invalid-cursor",
        "A cursor that the endpoint has not made is refused as invalidCursor",
        &invalid_cursor,
    )
    .matters("A client that lost its place starts anew when told so; a page from anywhere looks like the right one.")
    .requirements(&["RFC9865-2.1-01", "RFC9865-2.1-02", "RFC9865-5.2-06", "RFC7644-3.12-04"])
    .needs(NEEDS)
    .legal(&["400 with a SCIM Error of scimType invalidCursor, the same for every such cursor"])
    .on_every_type(LISTED),
    Check::new(
        "cursor-paging.forged-cursor",
        "An altered cursor shows nothing that the query does not match",
        &forged_cursor,
    )
    .matters("Whoever can compute cursors can read what a filter was to keep from them.")
    .requirements(&["RFC9865-5.2-05", "RFC9865-2-24"])
    .needs(NEEDS)
    .legal(&["400 invalidCursor", "200 with matching resources only (noted)"])
    .on_every_type(LISTED),
    Check::new(
        "cursor-paging.other-query",
        "A cursor used with another filter or count is refused, or shows what one of the two asks for",
        &other_query,
    )
    .matters("Two walks mixed up give a list of nothing in particular.")
    .requirements(&["RFC9865-2-18", "RFC9865-2.1-05", "RFC7644-3.4.2.2-04", "RFC9865-2-24"])
    .needs(NEEDS)
    .legal(&["400 invalidCursor or invalidCount", "200 by the old or the new parameters (noted)"])
    .on_every_type(LISTED),
];

async fn count(context: &Context) -> CheckResult {
    let users = people(context, 2).await?;
    let cases: [(&str, &'static [&'static str]); 2] = [("-1", &["RFC9865-2-04"]), ("0", &["RFC9865-2-05"])];
    for (count, requirements) in cases {
        let answer = context.send(page(&users, "", count)).await?;
        context.expect(&answer).under(requirements).status(&[200]).json().lacks("Resources");
    }
    let answer = context.send(users.query(&users.anchor()).query("cursor", "")).await?;
    let limit = |path: &str| context.discovery().config(path).and_then(Value::as_u64).unwrap_or(u64::MAX);
    let shown = ids_in(&answer).len();
    context.expect(&answer).under(&["RFC9865-4-07", "RFC9865-2-08"]).status(&[200]).that(
        shown as u64 <= limit("pagination.maxPageSize"),
        "the page is longer than pagination.maxPageSize",
        resource_count(shown),
    );
    context.expect(&answer).under(&["RFC9865-2-08", "RFC9865-4-06"]).that(
        shown > 0 && shown as u64 <= limit("pagination.defaultPageSize"),
        "the page is empty, or longer than pagination.defaultPageSize",
        resource_count(shown),
    );
    Ok(())
}

async fn max_page_size(context: &Context) -> CheckResult {
    let Some(limit) = context.discovery().config("pagination.maxPageSize").and_then(Value::as_u64) else {
        return context.skip("the endpoint publishes no pagination.maxPageSize");
    };
    let users = people(context, 2).await?;
    let answer = context.send(page(&users, "", &(limit + 1).to_string())).await?;
    context.expect(&answer).under(&["RFC9865-2.1-06"]).status(&[200, 400]);
    let shown = ids_in(&answer).len();
    context.expect(&answer).under(&["RFC9865-4-07"]).that(
        shown as u64 <= limit,
        "the page is longer than pagination.maxPageSize",
        resource_count(shown),
    );
    Ok(())
}

async fn invalid_cursor(context: &Context) -> CheckResult {
    let users = people(context, 2).await?;
    let mut answers: Vec<Arc<Exchange>> = Vec::new();
    for cursor in ["doesnotexist", "!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let answer = context.send(page(&users, cursor, "1")).await?;
        context.expect(&answer).under(&["RFC9865-2.1-02"]).status(&[400]).lacks("Resources");
        if answer.status == 400 {
            context.expect(&answer).under(&["RFC9865-2.1-02"]).scim_type(&["invalidCursor"]);
            context.expect(&answer).under(&["RFC9865-2.1-01"]).equals("schemas", &json!([ERROR]));
        }
        if let Some(first) = answers.first() {
            let said = |answer: &Exchange, path: &str| member(answer, path).unwrap_or_default().to_owned();
            context.expect(&answer).after(first).under(&["RFC9865-5.2-06"]).that(
                answer.status == first.status && said(&answer, "scimType") == said(first, "scimType"),
                "one wrong cursor is refused in another way than the other",
                answer.status.to_string(),
            );
        }
        answers.push(answer);
    }
    Ok(())
}

async fn forged_cursor(context: &Context) -> CheckResult {
    let users = people(context, 2).await?;
    let (next, _) = begun(context, &users, "1").await?;
    for position in [0, next.len() / 2] {
        let mut forged: Vec<char> = next.chars().collect();
        if let Some(c) = forged.get_mut(position) {
            *c = if *c == 'B' { 'C' } else { 'B' };
        }
        let forged: String = forged.into_iter().collect();
        let answer = context.send(page(&users, &forged, "1")).await?;
        let strangers = users.keys_in(&answer).iter().any(|key| users.members().all(|(own, _)| own != key));
        context.expect(&answer).under(&["RFC9865-2-24"]).that(
            !strangers && answer.status < 500,
            "an altered cursor gives a failure, or somebody whom the filter does not match",
            answer.status.to_string(),
        );
        context.expect(&answer).under(&["RFC9865-5.2-05"]).status(&[400]);
    }
    Ok(())
}

async fn other_query(context: &Context) -> CheckResult {
    let mut users = people(context, 1).await?;
    // Whoever is shown by no filter at all is seen by this one, who comes next.
    context.resource().await?;
    users.add("b", &json!({})).await?;
    users.add("c", &json!({})).await?;
    let (next, _) = begun(context, &users, "1").await?;
    let one = format!("{} eq {}", users.naming(), json!(users.name("c")));
    let answer = context.send(users.query(&one).query("cursor", &next).query("count", "1")).await?;
    let found = users.keys_in(&answer);
    context.expect(&answer).under(&["RFC7644-3.4.2.2-04", "RFC9865-2-24"]).that(
        found.iter().all(|key| users.members().any(|(own, _)| own == key)),
        "the page holds somebody whom neither filter matches",
        found.join(", "),
    );
    context.expect(&answer).under(&["RFC9865-2-18"]).status(&[400]);
    let answer = context.send(page(&users, &next, "2")).await?;
    context.expect(&answer).under(&["RFC9865-2.1-05"]).status(&[200, 400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC9865-2.1-05"]).scim_type(&["invalidCount", "invalidCursor"]);
    }
    Ok(())
}
