//! Lists in pages by cursor (RFC 9865).

pub(super) mod limits;
pub(super) mod published;

use std::sync::Arc;

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::{at, same};
use weir_exchange::{Exchange, Request};

use crate::check::cohort::{Cohort, ids_in, resource_count, resources_in};
use crate::check::{Check, CheckResult, Context, LISTED, Stop};

const NEEDS: &[Capability] = &[Capability::CursorPaging];
const BOTH: &[Capability] = &[Capability::CursorPaging, Capability::IndexPaging];
const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "cursor-paging.walk",
        "A walk by cursor shows each match once, and only its last page has no nextCursor",
        &walk,
    )
    .matters("A client stops where there is no nextCursor; whatever comes later counts as deleted.")
    .requirements(&[
        "RFC9865-2-02",
        "RFC9865-2-03",
        "RFC9865-2-06",
        "RFC9865-2-07",
        "RFC9865-2-10",
        "RFC9865-2-11",
        "RFC9865-2-19",
        "RFC9865-2-20",
        "RFC9865-2-21",
        "RFC9865-2-24",
    ])
    .needs(NEEDS)
    .legal(&["200 pages of at most count matches, each with nextCursor but the last, and each resource once"])
    .on_every_type(LISTED),
    Check::new("cursor-paging.total", "totalResults of a walk, where it is given, counts the matches", &total)
        .matters("Progress and plausibility checks of clients rest on it.")
        .requirements(&["RFC9865-2-22", "RFC9865-2-23"])
        .needs(NEEDS)
        .legal(&["no totalResults", "the number of matches"])
        .on_every_type(LISTED),
    Check::new(
        "cursor-paging.start",
        "A walk begins with an empty cursor, written with an equals sign or without",
        &start,
    )
    .matters("Clients write both.")
    .requirements(&["RFC9865-2-02", "RFC9865-2-14"])
    .needs(NEEDS)
    .legal(&["200 with the first page, a nextCursor and no previousCursor"])
    .on_every_type(LISTED),
    Check::new("cursor-paging.previous", "previousCursor, where there is one, leads back", &previous)
        .matters("A person pages back in a console and expects the page just seen.")
        .requirements(&["RFC9865-2-12", "RFC9865-2-13", "RFC9865-2-14"])
        .needs(NEEDS)
        .legal(&["no previousCursor", "200 with the page before; none on the first page"])
        .on_every_type(LISTED),
    Check::new("cursor-paging.attributes", "attributes applies to every page of a walk", &attributes)
        .matters("A walk over a hundred thousand people with everything on later pages takes hours longer.")
        .requirements(&["RFC9865-2-25"])
        .needs(NEEDS)
        .legal(&["200 pages that show id and the name of each resource, and nothing else that is not always returned"])
        .on_every_type(LISTED),
    Check::new("cursor-paging.sorted", "A sorted walk is in order over all its pages", &sorted)
        .matters("A client that merges two sorted lists loses entries when one is not sorted.")
        .requirements(&["RFC9865-2.2-01", "RFC7644-3.4.2.3-03"])
        .needs(&[Capability::CursorPaging, Capability::Sort])
        .legal(&["200 pages that together are the sorted list"])
        .on_every_type(LISTED),
    Check::new("cursor-paging.changes", "A walk goes on after others have been created and deleted", &changes)
        .matters("A walk over a large directory takes minutes, in which people come and go.")
        .requirements(&["RFC9865-2-10", "RFC9865-2-26", "RFC9865-4-08"])
        .needs(NEEDS)
        .legal(&["200 with every resource that was there all the time, each once"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Delete, ResourceOperation::Filter]),
    Check::new("cursor-paging.search", "A search is walked by the cursor in its body", &search)
        .matters("Clients that search by POST page by POST.")
        .requirements(&["RFC9865-3-01", "RFC9865-3-02"])
        .needs(&[Capability::CursorPaging, Capability::Search])
        .legal(&["200 pages with nextCursor but the last, and each resource once"])
        .on_every_type(LISTED),
];

fn member<'e>(answer: &'e Exchange, path: &str) -> Option<&'e str> {
    answer.json().ok().and_then(|json| at(json, path)).and_then(Value::as_str)
}

fn page(users: &Cohort<'_>, cursor: &str, count: &str) -> Request {
    users.query(&users.anchor()).query("cursor", cursor).query("count", count)
}

async fn people(context: &Context, count: usize) -> Result<Cohort<'_>, Stop> {
    let people: Vec<_> = "abcdefgh".chars().take(count).map(|key| (key.to_string(), json!({}))).collect();
    Cohort::resources(context, &people).await
}

/// The cursor of the second page, with the first page's answer. Without it, the check of the walk has found the cause.
async fn begun(context: &Context, users: &Cohort<'_>, count: &str) -> Result<(String, Arc<Exchange>), Stop> {
    let first = context.send(page(users, "", count)).await?;
    match member(&first, "nextCursor") {
        Some(next) if first.status == 200 => Ok((next.to_owned(), first)),
        _ => Err(Stop::Blocked {
            reason: "the first page of a walk has no nextCursor".into(),
            cause: context.caused_by("cursor-paging.walk"),
            exchanges: vec![first],
        }),
    }
}

/// Walks to the end, at most as many pages as there are users and one, and hands back who was seen and the last answer.
async fn walked(
    context: &Context,
    users: &Cohort<'_>,
    request: impl Fn(&str) -> Request,
) -> Result<(Vec<String>, Vec<Arc<Exchange>>), Stop> {
    let (mut cursor, mut seen, mut answers) = (String::new(), Vec::new(), Vec::new());
    for _ in 0..=users.members().count() {
        let answer = context.send(request(&cursor)).await?;
        seen.extend(users.keys_in(&answer));
        let next = member(&answer, "nextCursor").map(str::to_owned);
        answers.push(answer);
        match next {
            // Who follows the cursor behind the last page asks something else.
            Some(next) if seen.len() < users.members().count() => cursor = next,
            _ => break,
        }
    }
    Ok((seen, answers))
}

async fn walk(context: &Context) -> CheckResult {
    let mut users = people(context, 3).await?;
    // Whoever is shown by no filter at all stands in the middle of a later page.
    context.resource().await?;
    for key in ["d", "e"] {
        users.add(key, &json!({})).await?;
    }
    context.resource().await?;
    let (mut seen, answers) = walked(context, &users, |cursor| page(&users, cursor, "2")).await?;
    for (position, answer) in answers.iter().enumerate() {
        context.expect(answer).under(&["RFC9865-2-19", "RFC9865-2-02"]).status(&[200]).json();
        context.expect(answer).under(&["RFC9865-2-19"]).equals("schemas", &json!([LIST_RESPONSE]));
        let shown = ids_in(answer).len();
        context.expect(answer).under(&["RFC9865-2-06"]).that(
            shown <= 2,
            "the page holds more than count asks for",
            resource_count(shown),
        );
        context.expect(answer).under(&["RFC9865-2-20"]).equals("itemsPerPage", &json!(shown));
        let next = member(answer, "nextCursor");
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        context.expect(answer).under(&["RFC9865-2-03"]).that(
            next.is_none_or(|next| next.chars().all(unreserved)),
            "nextCursor has characters that a URL has to escape",
            next.unwrap_or_default(),
        );
        context.expect(answer).under(&["RFC9865-2-24"]).that(
            users.keys_in(answer).iter().all(|key| users.members().any(|(own, _)| own == key)),
            "the page holds somebody whom the filter does not match",
            users.keys_in(answer).join(", "),
        );
        if position == 0 {
            let message = "a page before the last has no nextCursor";
            context.expect(answer).under(&["RFC9865-2-10", "RFC9865-2-11"]).that(next.is_some(), message, "nothing");
        }
    }
    seen.sort_unstable();
    if let Some(last) = answers.last() {
        let message = "the pages together are not each user once";
        context.expect(last).under(&["RFC9865-2-21", "RFC9865-2-11"]).that(
            seen == ["a", "b", "c", "d", "e"],
            message,
            seen.join(", "),
        );
        let ends = member(last, "nextCursor").is_none();
        let message = "the walk does not end although everybody was shown";
        context.expect(last).under(&["RFC9865-2-11"]).that(ends, message, "one more nextCursor");
    }
    Ok(())
}

async fn total(context: &Context) -> CheckResult {
    let users = people(context, 3).await?;
    let (_, first) = begun(context, &users, "2").await?;
    if first.json().ok().and_then(|json| at(json, "totalResults")).is_some() {
        context.expect(&first).under(&["RFC9865-2-23"]).equals("totalResults", &json!(3));
    }
    Ok(())
}

/// The ids of a page, which has no order.
fn sorted_ids(answer: &Exchange) -> Vec<&str> {
    let mut ids = ids_in(answer);
    ids.sort_unstable();
    ids
}

async fn start(context: &Context) -> CheckResult {
    let users = people(context, 3).await?;
    let with = context.send(page(&users, "", "2")).await?;
    let query = with.url.query().unwrap_or_default().replace("cursor=&", "cursor&");
    let without = context.send(Request::get(users.endpoint()).raw_query(&query)).await?;
    if ids_in(&with).len() > 2 {
        // A page that holds more than it was asked for can be the last one.
        return context.unable("a page holds more than count asks for");
    }
    for answer in [&with, &without] {
        context.expect(answer).under(&["RFC9865-2-02"]).status(&[200]).json().has("nextCursor").that(
            sorted_ids(answer) == sorted_ids(&with) && !ids_in(answer).is_empty(),
            "the first page is empty, or another one without the equals sign",
            users.keys_in(answer).join(", "),
        );
        context.expect(answer).under(&["RFC9865-2-14"]).lacks("previousCursor");
    }
    Ok(())
}

async fn previous(context: &Context) -> CheckResult {
    let users = people(context, 4).await?;
    let (next, first) = begun(context, &users, "2").await?;
    context.expect(&first).under(&["RFC9865-2-14"]).lacks("previousCursor");
    let second = context.send(page(&users, &next, "2")).await?;
    let Some(previous) = member(&second, "previousCursor") else { return Ok(()) };
    let back = context.send(page(&users, previous, "2")).await?;
    context.expect(&back).after(&second).under(&["RFC9865-2-13"]).status(&[200]).that(
        ids_in(&back) == ids_in(&first),
        "previousCursor does not lead to the page before",
        users.keys_in(&back).join(", "),
    );
    Ok(())
}

async fn attributes(context: &Context) -> CheckResult {
    let users = people(context, 3).await?;
    let other = context.text(0).ok().filter(|text| text.path() != users.naming() && text.word("returned") == "default");
    let request = |cursor: &str| page(&users, cursor, "1").query("attributes", users.naming());
    let (seen, answers) = walked(context, &users, request).await?;
    for answer in &answers {
        let is_named = |own: &Value| {
            let id = at(own, "id").and_then(Value::as_str);
            let member = users.members().find(|(_, resource)| Some(resource.id.as_str()) == id);
            at(own, users.naming())
                .is_some_and(|name| member.is_none_or(|(_, resource)| same(resource.value(users.naming()), name)))
        };
        let reduced =
            |own: &Value| is_named(own) && other.as_ref().is_none_or(|other| at(own, &other.path()).is_none());
        context.expect(answer).status(&[200]).that(
            resources_in(answer).iter().all(reduced),
            "a page shows attributes that were not asked for, or not the one that was with its value",
            users.keys_in(answer).join(", "),
        );
    }
    if let Some(last) = answers.last() {
        context.expect(last).that(seen.len() == 3, "the walk does not show everybody", seen.join(", "));
    }
    Ok(())
}

async fn sorted(context: &Context) -> CheckResult {
    let users = Cohort::resources(context, &["d", "b", "a", "e", "c"].map(|key| (key, json!({})))).await?;
    let request = |cursor: &str| page(&users, cursor, "2").query("sortBy", users.naming());
    let (seen, answers) = walked(context, &users, request).await?;
    if let Some(last) = answers.last() {
        context.expect(last).under(&["RFC9865-2.2-01", "RFC7644-3.4.2.3-03"]).status(&[200]).that(
            seen == ["a", "b", "c", "d", "e"],
            "the pages together are not the sorted list",
            seen.join(", "),
        );
    }
    Ok(())
}

async fn changes(context: &Context) -> CheckResult {
    let mut users = people(context, 4).await?;
    let (next, first) = begun(context, &users, "2").await?;
    // The last one shown goes, and another one comes: the walk has to find its place all the same.
    let shown = users.keys_in(&first);
    let last = users.members().find(|(own, _)| shown.last().is_some_and(|key| key == own));
    if let Some((_, user)) = last {
        context.delete(user).await?;
    }
    users.add("z", &json!({})).await?;
    let mut seen = shown.clone();
    let mut cursor = next;
    for _ in 0..4 {
        let answer = context.send(page(&users, &cursor, "2")).await?;
        context.expect(&answer).after(&first).under(&["RFC9865-2-10", "RFC9865-4-08"]).status(&[200]);
        seen.extend(users.keys_in(&answer));
        // Who follows the cursor behind the last page asks something else.
        let everybody = ["a", "b", "c", "d"].into_iter().all(|key| seen.iter().any(|seen| seen == key));
        let Some(next) = member(&answer, "nextCursor").filter(|_| !everybody || ids_in(&answer).len() == 2) else {
            let times = |key: &str| seen.iter().filter(|seen| *seen == key).count();
            context.expect(&answer).after(&first).under(&["RFC9865-2-26"]).that(
                ["a", "b", "c", "d"].into_iter().all(|key| times(key) == 1) && times("z") <= 1,
                "somebody who was there all the time is missing or comes twice",
                seen.join(", "),
            );
            break;
        };
        next.clone_into(&mut cursor);
    }
    Ok(())
}

async fn search(context: &Context) -> CheckResult {
    let users = people(context, 3).await?;
    let request = |cursor: &str| {
        Request::post(&format!("{}/.search", users.endpoint())).json(&json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": users.anchor(), "cursor": cursor, "count": 2,
        }))
    };
    let (mut seen, answers) = walked(context, &users, request).await?;
    if let Some(first) = answers.first() {
        context.expect(first).under(&["RFC9865-3-01"]).status(&[200]).json().has("nextCursor");
    }
    if let Some(last) = answers.last() {
        seen.sort_unstable();
        context.expect(last).under(&["RFC9865-3-02"]).status(&[200]).that(
            seen == ["a", "b", "c"],
            "the pages together are not each user once",
            seen.join(", "),
        );
    }
    Ok(())
}
