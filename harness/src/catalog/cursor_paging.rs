//! Lists in pages by cursor (RFC 9865).

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Value, json};

use super::cohort::{Cohort, ids_in, resources_in};
use super::{Check, Context, Outcome, Stop};
use crate::difference::at;
use crate::endpoint::{Exchange, Request};

const NEEDS: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers, Capability::CursorPaging];
const BOTH: &[Capability] =
    &[Capability::CreateUsers, Capability::FilterUsers, Capability::CursorPaging, Capability::IndexPaging];
const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "cursor-paging.walk",
        title: "A walk by cursor shows each match once, and only its last page has no nextCursor",
        matters: "A client stops where there is no nextCursor; whatever comes later counts as deleted.",
        requirements: &[
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
        ],
        needs: NEEDS,
        legal: &["200 pages of at most count matches, each with nextCursor but the last, and each user once"],
        alone: false,
        run: |context| Box::pin(walk(context)),
    },
    Check {
        id: "cursor-paging.total",
        title: "totalResults of a walk, where it is given, counts the matches",
        matters: "Progress and plausibility checks of clients rest on it.",
        requirements: &["RFC9865-2-22", "RFC9865-2-23"],
        needs: NEEDS,
        legal: &["no totalResults", "the number of matches"],
        alone: false,
        run: |context| Box::pin(total(context)),
    },
    Check {
        id: "cursor-paging.start",
        title: "A walk begins with an empty cursor, written with an equals sign or without",
        matters: "Clients write both.",
        requirements: &["RFC9865-2-02", "RFC9865-2-14"],
        needs: NEEDS,
        legal: &["200 with the first page, a nextCursor and no previousCursor"],
        alone: false,
        run: |context| Box::pin(start(context)),
    },
    Check {
        id: "cursor-paging.count",
        title: "A count of 0 or less gives the total and nobody, and no count a page that is not too long",
        matters: "A client that asks for nobody must not be given a page of people.",
        requirements: &["RFC9865-2-04", "RFC9865-2-05", "RFC9865-2-08", "RFC9865-4-06"],
        needs: NEEDS,
        legal: &["200 without resources", "without count 200 with at most pagination.maxPageSize resources"],
        alone: false,
        run: |context| Box::pin(count(context)),
    },
    Check {
        id: "cursor-paging.max-page-size",
        title: "No page is longer than pagination.maxPageSize",
        matters: "A client sizes its requests by the published limit and takes a longer page for a fault.",
        requirements: &["RFC9865-4-07", "RFC9865-2.1-06"],
        needs: NEEDS,
        legal: &["200 with at most maxPageSize resources", "400 invalidCount"],
        alone: false,
        run: |context| Box::pin(max_page_size(context)),
    },
    Check {
        id: "cursor-paging.invalid-cursor",
        title: "A cursor that the endpoint has not made is refused as invalidCursor",
        matters: "A client that lost its place starts anew when told so; a page from anywhere looks like the right one.",
        requirements: &["RFC9865-2.1-01", "RFC9865-2.1-02", "RFC9865-5.2-06", "RFC7644-3.12-04"],
        needs: NEEDS,
        legal: &["400 with a SCIM Error of scimType invalidCursor, the same for every such cursor"],
        alone: false,
        run: |context| Box::pin(invalid_cursor(context)),
    },
    Check {
        id: "cursor-paging.forged-cursor",
        title: "An altered cursor shows nothing that the query does not match",
        matters: "Whoever can compute cursors can read what a filter was to keep from them.",
        requirements: &["RFC9865-5.2-05", "RFC9865-2-24"],
        needs: NEEDS,
        legal: &["400 invalidCursor", "200 with nobody who does not match (noted)"],
        alone: false,
        run: |context| Box::pin(forged_cursor(context)),
    },
    Check {
        // Keeping the parameters is the client's duty, so this one gives notes at most but for foreign data.
        id: "cursor-paging.other-query",
        title: "A cursor used with another filter or count is refused, or shows what one of the two asks for",
        matters: "Two walks mixed up give a list of nothing in particular.",
        requirements: &["RFC9865-2-18", "RFC9865-2.1-05", "RFC9865-2-24"],
        needs: NEEDS,
        legal: &["400 invalidCursor or invalidCount", "200 by the old or the new parameters (noted)"],
        alone: false,
        run: |context| Box::pin(other_query(context)),
    },
    Check {
        id: "cursor-paging.previous",
        title: "previousCursor, where there is one, leads back",
        matters: "A person pages back in a console and expects the page just seen.",
        requirements: &["RFC9865-2-12", "RFC9865-2-13", "RFC9865-2-14"],
        needs: NEEDS,
        legal: &["no previousCursor", "200 with the page before; none on the first page"],
        alone: false,
        run: |context| Box::pin(previous(context)),
    },
    Check {
        id: "cursor-paging.attributes",
        title: "attributes applies to every page of a walk",
        matters: "A walk over a hundred thousand people with everything on later pages takes hours longer.",
        requirements: &["RFC9865-2-25"],
        needs: NEEDS,
        legal: &["200 pages that show id and userName, and no emails"],
        alone: false,
        run: |context| Box::pin(attributes(context)),
    },
    Check {
        id: "cursor-paging.sorted",
        title: "A sorted walk is in order over all its pages",
        matters: "A client that merges two sorted lists loses entries when one is not sorted.",
        requirements: &["RFC9865-2.2-01", "RFC7644-3.4.2.3-03"],
        needs: &[Capability::CreateUsers, Capability::FilterUsers, Capability::CursorPaging, Capability::Sort],
        legal: &["200 pages that together are the sorted list"],
        alone: false,
        run: |context| Box::pin(sorted(context)),
    },
    Check {
        id: "cursor-paging.changes",
        title: "A walk goes on after others have been created and deleted",
        matters: "A walk over a large directory takes minutes, in which people come and go.",
        requirements: &["RFC9865-2-21", "RFC9865-2-10", "RFC9865-4-08"],
        needs: &[Capability::CreateUsers, Capability::DeleteUsers, Capability::FilterUsers, Capability::CursorPaging],
        legal: &["200 with everybody who was there all the time, each once"],
        alone: false,
        run: |context| Box::pin(changes(context)),
    },
    Check {
        id: "cursor-paging.default-method",
        title: "A list without paging parameters is paged in one way, by index where the endpoint offers that by default",
        matters: "Clients that know nothing of cursors would stop after the first page.",
        requirements: &["RFC9865-2.4-02", "RFC9865-2.4-03", "RFC9865-2.3-01"],
        needs: BOTH,
        legal: &["200 with startIndex, the published default", "200 with nextCursor (noted)"],
        alone: false,
        run: |context| Box::pin(default_method(context)),
    },
    Check {
        // Nothing defines the combination, so this one gives notes at most but for a failure of the server.
        id: "cursor-paging.both-methods",
        title: "cursor together with startIndex is refused, or one of the two counts",
        matters: "A client that sends both has a fault, and finds it sooner by an error.",
        requirements: &["RFC9865-2.4-05"],
        needs: BOTH,
        legal: &["400", "200 with the page of one of the two"],
        alone: false,
        run: |context| Box::pin(both_methods(context)),
    },
    Check {
        id: "cursor-paging.search",
        title: "A search is walked by the cursor in its body",
        matters: "Clients that search by POST page by POST.",
        requirements: &["RFC9865-3-01", "RFC9865-3-02"],
        needs: &[Capability::CreateUsers, Capability::FilterUsers, Capability::CursorPaging, Capability::Search],
        legal: &["200 pages with nextCursor but the last, and each user once"],
        alone: false,
        run: |context| Box::pin(search(context)),
    },
    Check {
        id: "cursor-paging.published",
        title: "pagination is published with its members in their types, and is true",
        matters: "Clients choose the way of paging by it.",
        requirements: &[
            "RFC9865-4-01",
            "RFC9865-4-03",
            "RFC9865-4-04",
            "RFC9865-4-05",
            "RFC9865-4-06",
            "RFC9865-4-07",
            "RFC9865-4-08",
            "RFC9865-2.4-04",
            "RFC9865-2.3-02",
        ],
        needs: &[Capability::ServiceProviderConfig],
        legal: &[
            "an object with booleans cursor and index, of which each says whether it works, and positive whole numbers",
            "no pagination where there is no cursor",
        ],
        alone: false,
        run: |context| Box::pin(published(context)),
    },
];

fn member<'e>(answer: &'e Exchange, path: &str) -> Option<&'e str> {
    answer.json().ok().and_then(|json| at(json, path)).and_then(Value::as_str)
}

fn page(users: &Cohort<'_>, cursor: &str, count: &str) -> Request {
    users.query(&users.anchor()).query("cursor", cursor).query("count", count)
}

async fn people(context: &Context, count: usize) -> Result<Cohort<'_>, Stop> {
    let people: Vec<_> = "abcdefgh".chars().take(count).map(|key| (key.to_string(), json!({}))).collect();
    Cohort::users(context, &people).await
}

/// The cursor of the second page, with the first page's answer. Without it, the check of the walk has found the cause.
async fn begun(context: &Context, users: &Cohort<'_>, count: &str) -> Result<(String, Arc<Exchange>), Stop> {
    let first = context.send(page(users, "", count)).await?;
    match member(&first, "nextCursor") {
        Some(next) if first.status == 200 => Ok((next.to_owned(), first)),
        _ => Err(Stop::Blocked {
            reason: "the first page of a walk has no nextCursor".into(),
            cause: (context.check().id != "cursor-paging.walk").then_some("cursor-paging.walk"),
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
            Some(next) => cursor = next,
            None => break,
        }
    }
    Ok((seen, answers))
}

async fn walk(context: &Context) -> Outcome {
    let users = people(context, 5).await?;
    let (mut seen, answers) = walked(context, &users, |cursor| page(&users, cursor, "2")).await?;
    for (position, answer) in answers.iter().enumerate() {
        context.expect(answer).under(&["RFC9865-2-19", "RFC9865-2-02"]).status(&[200]).json();
        context.expect(answer).under(&["RFC9865-2-19"]).equals("schemas", &json!([LIST_RESPONSE]));
        let shown = ids_in(answer).len();
        context.expect(answer).under(&["RFC9865-2-06"]).that(
            shown <= 2,
            "the page holds more than count asks for",
            format!("{shown} resources"),
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

async fn total(context: &Context) -> Outcome {
    let users = people(context, 3).await?;
    let (_, first) = begun(context, &users, "2").await?;
    if first.json().ok().and_then(|json| at(json, "totalResults")).is_some() {
        context.expect(&first).under(&["RFC9865-2-23"]).equals("totalResults", &json!(3));
    }
    Ok(())
}

async fn start(context: &Context) -> Outcome {
    let users = people(context, 3).await?;
    let with = context.send(page(&users, "", "2")).await?;
    let query = with.url.query().unwrap_or_default().replace("cursor=&", "cursor&");
    let without = context.send(Request::get("/Users").raw_query(&query)).await?;
    for answer in [&with, &without] {
        context.expect(answer).under(&["RFC9865-2-02"]).status(&[200]).json().has("nextCursor").that(
            ids_in(answer) == ids_in(&with) && !ids_in(answer).is_empty(),
            "the first page is empty, or another one without the equals sign",
            users.keys_in(answer).join(", "),
        );
        context.expect(answer).under(&["RFC9865-2-14"]).lacks("previousCursor");
    }
    Ok(())
}

async fn count(context: &Context) -> Outcome {
    let users = people(context, 2).await?;
    let cases: [(&str, &'static [&'static str]); 2] = [("-1", &["RFC9865-2-04"]), ("0", &["RFC9865-2-05"])];
    for (count, requirements) in cases {
        let answer = context.send(page(&users, "", count)).await?;
        context.expect(&answer).under(requirements).status(&[200]).json().lacks("Resources");
    }
    let answer = context.send(users.query(&users.anchor()).query("cursor", "")).await?;
    let limit = |path: &str| context.discovery().config(path).and_then(Value::as_u64).unwrap_or(u64::MAX);
    let shown = u64::try_from(ids_in(&answer).len()).unwrap_or(u64::MAX);
    context.expect(&answer).under(&["RFC9865-2-08", "RFC9865-4-06"]).status(&[200]).that(
        shown > 0 && shown <= limit("pagination.maxPageSize").min(limit("pagination.defaultPageSize")),
        "the page is empty, or longer than published",
        format!("{shown} resources"),
    );
    Ok(())
}

async fn max_page_size(context: &Context) -> Outcome {
    let Some(limit) = context.discovery().config("pagination.maxPageSize").and_then(Value::as_u64) else {
        return context.skip("the endpoint publishes no pagination.maxPageSize");
    };
    let users = people(context, 2).await?;
    let answer = context.send(page(&users, "", &(limit + 1).to_string())).await?;
    context.expect(&answer).under(&["RFC9865-2.1-06"]).status(&[200, 400]);
    let shown = u64::try_from(ids_in(&answer).len()).unwrap_or(u64::MAX);
    context.expect(&answer).under(&["RFC9865-4-07"]).that(
        shown <= limit,
        "the page is longer than pagination.maxPageSize",
        format!("{shown} resources"),
    );
    Ok(())
}

async fn invalid_cursor(context: &Context) -> Outcome {
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

async fn forged_cursor(context: &Context) -> Outcome {
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

async fn other_query(context: &Context) -> Outcome {
    let mut users = people(context, 1).await?;
    // Whoever is shown by no filter at all is seen by this one, who comes next.
    context.user().await?;
    users.add("b", &json!({})).await?;
    users.add("c", &json!({})).await?;
    let (next, _) = begun(context, &users, "1").await?;
    let one = format!("userName eq {}", json!(users.name("c")));
    let answer = context.send(users.query(&one).query("cursor", &next).query("count", "1")).await?;
    let found = users.keys_in(&answer);
    context.expect(&answer).under(&["RFC9865-2-24"]).that(
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

async fn previous(context: &Context) -> Outcome {
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

async fn attributes(context: &Context) -> Outcome {
    let users = people(context, 3).await?;
    let request = |cursor: &str| page(&users, cursor, "1").query("attributes", "userName");
    let (seen, answers) = walked(context, &users, request).await?;
    for answer in &answers {
        let reduced = |own: &Value| {
            at(own, "userName").is_some() && at(own, "emails").is_none() && at(own, "displayName").is_none()
        };
        context.expect(answer).status(&[200]).that(
            resources_in(answer).iter().all(reduced),
            "a page shows attributes that were not asked for, or not userName",
            users.keys_in(answer).join(", "),
        );
    }
    if let Some(last) = answers.last() {
        context.expect(last).that(seen.len() == 3, "the walk does not show everybody", seen.join(", "));
    }
    Ok(())
}

async fn sorted(context: &Context) -> Outcome {
    let users = Cohort::users(context, &["d", "b", "a", "e", "c"].map(|key| (key, json!({})))).await?;
    let request = |cursor: &str| page(&users, cursor, "2").query("sortBy", "userName");
    let (seen, answers) = walked(context, &users, request).await?;
    if let Some(last) = answers.last() {
        context.expect(last).under(&["RFC7644-3.4.2.3-03"]).status(&[200]).that(
            seen == ["a", "b", "c", "d", "e"],
            "the pages together are not the sorted list",
            seen.join(", "),
        );
    }
    Ok(())
}

async fn changes(context: &Context) -> Outcome {
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
        let Some(next) = member(&answer, "nextCursor") else {
            let times = |key: &str| seen.iter().filter(|seen| *seen == key).count();
            context.expect(&answer).after(&first).under(&["RFC9865-2-21"]).that(
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

async fn default_method(context: &Context) -> Outcome {
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

async fn both_methods(context: &Context) -> Outcome {
    let users = people(context, 2).await?;
    let answer = context.send(page(&users, "", "1").query("startIndex", "1")).await?;
    context.expect(&answer).status(&[200, 400]);
    Ok(())
}

async fn search(context: &Context) -> Outcome {
    let users = people(context, 3).await?;
    let request = |cursor: &str| {
        Request::post("/Users/.search").json(&json!({
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

async fn published(context: &Context) -> Outcome {
    let answer = context.send(Request::get("/ServiceProviderConfig")).await?;
    let Some(pagination) = answer.json().ok().and_then(|json| at(json, "pagination")).cloned() else {
        // Silent about it: then no cursor may work.
        let walk = context.send(Request::get("/Users").query("cursor", "").query("count", "1")).await?;
        let works = member(&walk, "nextCursor").is_some();
        context.expect(&answer).under(&["RFC9865-4-01"]).that(
            !works,
            "cursors work and pagination is not published",
            "",
        );
        return Ok(());
    };
    context.expect(&answer).under(&["RFC9865-4-01"]).that(pagination.is_object(), "pagination is no object", "");
    let booleans: [(&str, &'static [&'static str]); 2] = [("cursor", &["RFC9865-4-03"]), ("index", &["RFC9865-4-04"])];
    for (name, requirements) in booleans {
        let value = &pagination[name];
        let message = format!("pagination.{name} is no boolean");
        context.expect(&answer).under(requirements).that(value.is_boolean(), &message, value.to_string());
    }
    let method = &pagination["defaultPaginationMethod"];
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
        let value = &pagination[name];
        context.expect(&answer).under(requirements).that(
            value.is_null() || value.as_u64().is_some_and(|value| value > 0),
            &format!("pagination.{name} is no positive whole number"),
            value.to_string(),
        );
    }
    let walk = context.send(Request::get("/Users").query("cursor", "").query("count", "1")).await?;
    let total = walk.json().ok().and_then(|json| at(json, "totalResults")).and_then(Value::as_u64).unwrap_or(0);
    if pagination["cursor"] == true {
        context.expect(&walk).after(&answer).under(&["RFC9865-2.4-04"]).status(&[200]).that(
            total < 2 || member(&walk, "nextCursor").is_some(),
            "pagination.cursor is true, and there is no nextCursor",
            "nothing",
        );
    }
    if pagination["index"] == true {
        let page = context.send(Request::get("/Users").query("startIndex", "1").query("count", "1")).await?;
        let total = page.json().ok().and_then(|json| at(json, "totalResults")).and_then(Value::as_u64).unwrap_or(0);
        context.expect(&page).after(&answer).under(&["RFC9865-2.4-04"]).status(&[200]).that(
            total < 2 || page.json().ok().and_then(|json| at(json, "startIndex")).is_some(),
            "pagination.index is true, and a partial page has no startIndex",
            "nothing",
        );
    } else if pagination["index"] == false {
        let page = context.send(Request::get("/Users").query("startIndex", "2").query("count", "1")).await?;
        context.expect(&page).after(&answer).under(&["RFC9865-2.3-02"]).that(
            page.status < 500
                && page.json().ok().and_then(|json| at(json, "startIndex")).is_none_or(|start| start != 2),
            "pagination.index is false, and startIndex works",
            "startIndex 2",
        );
    }
    Ok(())
}
