//! Which ways of paging an endpoint publishes, and which it takes without being asked (RFC 9865 sections 2.3, 2.4 and 4).

use scim::capability::Capability;
use serde_json::Value;
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::{BOTH, member, page, people};
use crate::check::{Check, CheckResult, Context, LISTED};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new(
        "cursor-paging.default-method",
        "A list without paging parameters is paged in one way, by index where the endpoint offers that by default",
        &default_method,
    )
    .matters("Clients that know nothing of cursors would stop after the first page.")
    .requirements(&["RFC9865-2.4-02", "RFC9865-2.4-03", "RFC9865-2.3-01"])
    .needs(BOTH)
    .legal(&["200 with startIndex, the published default", "200 with nextCursor (noted)"])
    .on_every_type(LISTED),
    Check::new(
        "cursor-paging.both-methods",
        "cursor together with startIndex is refused, or one of the two counts",
        &both_methods,
    )
    .matters("A client that sends both has a fault, and finds it sooner by an error.")
    .requirements(&["RFC9865-2.4-05"])
    .needs(BOTH)
    .legal(&["400", "200 with the page of one of the two"])
    .on_every_type(LISTED),
    Check::new(
        "cursor-paging.published",
        "pagination is published with its members in their types, and is true",
        &published,
    )
    .matters("Clients choose the way of paging by it.")
    .requirements(&[
        "RFC9865-4-01",
        "RFC9865-4-03",
        "RFC9865-4-04",
        "RFC9865-4-05",
        "RFC9865-4-06",
        "RFC9865-4-07",
        "RFC9865-4-08",
        "RFC9865-2.4-04",
        "RFC9865-2.3-02",
    ])
    .needs(&[Capability::ServiceProviderConfig])
    .legal(&[
        "an object with booleans cursor and index, of which each says whether it works, and positive whole numbers",
        "no pagination where there is no cursor",
    ]),
];

async fn default_method(context: &Context) -> CheckResult {
    let users = people(context, 2).await?;
    let mut methods = Vec::new();
    for _ in 0..2 {
        let answer = context.send(users.query(&users.anchor()).query("count", "1")).await?;
        let by_cursor = member(&answer, "nextCursor").is_some();
        let by_index = answer.json().ok().and_then(|json| at(json, "startIndex")).is_some();
        context.expect(&answer).under(&["RFC9865-2.4-02"]).status(&[200]).that(
            by_cursor || by_index,
            "a partial page has neither startIndex nor nextCursor",
            "neither",
        );
        let default = context.discovery().config("pagination.defaultPaginationMethod").and_then(Value::as_str);
        context.expect(&answer).under(&["RFC9865-2.4-02"]).that(
            default.is_none_or(|default| if default == "cursor" { by_cursor } else { by_index }),
            "the list is not paged as pagination.defaultPaginationMethod says",
            if by_index { "index" } else { "cursor" },
        );
        context.expect(&answer).under(&["RFC9865-2.4-03"]).that(
            by_index,
            "lists are paged by cursor by default",
            "cursor",
        );
        methods.push(by_index);
    }
    Ok(())
}

async fn both_methods(context: &Context) -> CheckResult {
    let users = people(context, 2).await?;
    let answer = context.send(page(&users, "", "1").query("startIndex", "1")).await?;
    context.expect(&answer).status(&[200, 400]);
    Ok(())
}

async fn published(context: &Context) -> CheckResult {
    if context.discovery().offers(Capability::CreateUsers) {
        // So that there is more than one page.
        people(context, 2).await?;
    }
    let answer = context.send(Request::get("/ServiceProviderConfig")).await?;
    let Some(pagination) = answer.json().ok().and_then(|json| at(json, "pagination")).cloned() else {
        // Silent about it: then no cursor may work.
        let walk = context.send(Request::get(context.collection()).query("cursor", "").query("count", "1")).await?;
        let works = member(&walk, "nextCursor").is_some();
        context.expect(&answer).under(&["RFC9865-4-01"]).that(
            !works,
            "cursors work and pagination is not published",
            "",
        );
        return Ok(());
    };
    context.expect(&answer).under(&["RFC9865-4-01"]).that(pagination.is_object(), "pagination is not an object", "");
    let booleans: [(&str, &'static [&'static str]); 2] = [("cursor", &["RFC9865-4-03"]), ("index", &["RFC9865-4-04"])];
    for (name, requirements) in booleans {
        let value = at(&pagination, name).unwrap_or(&Value::Null);
        let message = format!("pagination.{name} is not a boolean");
        context.expect(&answer).under(requirements).that(value.is_boolean(), &message, value.to_string());
    }
    let method = at(&pagination, "defaultPaginationMethod").unwrap_or(&Value::Null);
    context.expect(&answer).under(&["RFC9865-4-05"]).that(
        method.is_null() || method == "cursor" || method == "index",
        "pagination.defaultPaginationMethod is neither cursor nor index",
        method.to_string(),
    );
    let numbers: [(&str, &'static [&'static str]); 3] = [
        ("defaultPageSize", &["RFC9865-4-06"]),
        ("maxPageSize", &["RFC9865-4-07"]),
        ("cursorTimeout", &["RFC9865-4-08"]),
    ];
    for (name, requirements) in numbers {
        let value = at(&pagination, name).unwrap_or(&Value::Null);
        context.expect(&answer).under(requirements).that(
            value.is_null() || value.as_u64().is_some_and(|value| value > 0),
            &format!("pagination.{name} is not a positive whole number"),
            value.to_string(),
        );
    }
    let walk = context.send(Request::get(context.collection()).query("cursor", "").query("count", "1")).await?;
    let total = walk.json().ok().and_then(|json| at(json, "totalResults")).and_then(Value::as_u64).unwrap_or(0);
    if at(&pagination, "cursor").is_some_and(|value| value == true) {
        context.expect(&walk).after(&answer).under(&["RFC9865-2.4-04"]).status(&[200]).that(
            total < 2 || member(&walk, "nextCursor").is_some(),
            "pagination.cursor is true, and there is no nextCursor",
            "nothing",
        );
    }
    if at(&pagination, "index").is_some_and(|value| value == true) {
        let page =
            context.send(Request::get(context.collection()).query("startIndex", "1").query("count", "1")).await?;
        let total = page.json().ok().and_then(|json| at(json, "totalResults")).and_then(Value::as_u64).unwrap_or(0);
        context.expect(&page).after(&answer).under(&["RFC9865-2.4-04"]).status(&[200]).that(
            total < 2 || page.json().ok().and_then(|json| at(json, "startIndex")).is_some(),
            "pagination.index is true, and a partial page has no startIndex",
            "nothing",
        );
    } else if at(&pagination, "index").is_some_and(|value| value == false) {
        let page =
            context.send(Request::get(context.collection()).query("startIndex", "2").query("count", "1")).await?;
        context.expect(&page).after(&answer).under(&["RFC9865-2.3-02"]).that(
            page.status < 500
                && page.json().ok().and_then(|json| at(json, "startIndex")).is_none_or(|start| start != 2),
            "pagination.index is false, and startIndex works",
            "startIndex 2",
        );
    }
    Ok(())
}
