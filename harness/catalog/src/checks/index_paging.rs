//! Lists in pages by index (RFC 7644 section 3.4.2.4).

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::{Exchange, Request};

use crate::check::cohort::{Cohort, ids_in, resource_count, resources_in};
use crate::check::{Check, CheckResult, Context, LISTED, Stop};

const NEEDS: &[Capability] = &[Capability::IndexPaging];

pub(super) const CHECKS: &[Check] = &[
    Check::new("index-paging.walk", "Pages together give each match once, and totalResults counts all of them", &walk)
        .matters("A full synchronisation that misses one page deletes everybody on it.")
        .requirements(&[
            "RFC7644-3.4.2-09",
            "RFC7644-3.4.2-13",
            "RFC7644-3.4.2.4-09",
            "RFC7644-3.4.2.4-12",
            "RFC7644-3.4.2.4-13",
            "RFC7644-3.4.2.4-14",
            "RFC7644-3.4.2.4-15",
        ])
        .needs(NEEDS)
        .legal(&[
            "each page has at most count resources, names its startIndex and itemsPerPage, and the union is each resource once",
        ])
        .on_every_type(LISTED)
        .formerly(&[("index-paging.walk-groups", "Group")]),
    Check::new("index-paging.uneven-walk", "A last page that is not full ends the list", &uneven_walk)
        .matters("Clients stop at a page shorter than they asked for, or at the total; both must be the end.")
        .requirements(&["RFC7644-3.4.2-08", "RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-13", "RFC7644-3.4.2.4-15"])
        .needs(NEEDS)
        .legal(&["of five resources two pages of two and one of one, each resource once, with one totalResults"])
        .on_every_type(LISTED),
    Check::new("index-paging.partial-page", "A partial page says where it begins, 1 without startIndex, and how long it is", &partial_page)
        .matters("Clients compute the next startIndex from both.")
        .requirements(&[
            "RFC7644-3.4.2-09",
            "RFC7644-3.4.2-10",
            "RFC7644-3.4.2.4-03",
            "RFC7644-3.4.2.4-12",
            "RFC7644-3.4.2.4-14",
        ])
        .needs(NEEDS)
        .legal(&["200 with startIndex 1 and itemsPerPage equal to the number of resources"])
        .on_every_type(LISTED),
    Check::new("index-paging.start-below-one", "A startIndex below 1 means 1", &start_below_one)
        .matters("Clients that count from 0 begin so; an error stops them, and a shifted page hides the first resource.")
        .requirements(&["RFC7644-3.4.2.4-04"])
        .needs(NEEDS)
        .legal(&["200 with the first page"])
        .on_every_type(LISTED),
    Check::new("index-paging.start-past-end", "A startIndex past the end gives an empty page", &start_past_end)
        .matters("Clients walk until a page is empty; an error there fails the whole synchronisation.")
        .requirements(&["RFC7644-3.4.2.4-05", "RFC7644-3.4.2.4-12", "RFC7644-3.4.2.4-13"])
        .needs(NEEDS)
        .legal(&["200 without resources, with the right totalResults, and itemsPerPage 0 or none"])
        .on_every_type(LISTED),
    Check::new("index-paging.counts-from-one", "startIndex counts the sorted list from 1", &counts_from_one)
        .matters("One that counts from 0 shows a user twice and hides another.")
        .requirements(&["RFC7644-3.4.2.4-06", "RFC7644-3.4.2.4-14"])
        .needs(&[Capability::IndexPaging, Capability::Sort])
        .legal(&["200 with the second resource of the sorted list for startIndex=2 and count=1"])
        .on_every_type(LISTED),
    Check::new("index-paging.count-zero", "count=0 gives the total and no resources", &count_zero)
        .matters("Clients ask this way how much there is, and must not get a page of people for it.")
        .requirements(&["RFC7644-3.4.2.4-08"])
        .needs(NEEDS)
        .legal(&["200 with the right totalResults and without resources"])
        .on_every_type(LISTED),
    Check::new("index-paging.negative-count", "A negative count means 0", &negative_count)
        .matters("A client that computes what is left may come below 0; it must not be given everybody.")
        .requirements(&["RFC7644-3.4.2.4-07"])
        .needs(NEEDS)
        .legal(&["200 with the right totalResults and without resources"])
        .on_every_type(LISTED),
    Check::new("index-paging.at-most-count", "A page never holds more than count", &at_most_count)
        .matters("A client with a buffer for count resources drops or crashes on more.")
        .requirements(&["RFC7644-3.4.2.4-09", "RFC7644-3.4.2-08"])
        .needs(NEEDS)
        .legal(&["200 with at most 2 of the 3 resources"])
        .on_every_type(LISTED),
    Check::new("index-paging.max-results", "No page is longer than filter.maxResults, whatever is asked", &max_results)
        .matters("A client sizes its requests by the published limit and takes a longer page for a fault.")
        .requirements(&["RFC7644-3.4.2.4-10", "RFC7644-3.4.2.4-11"])
        .needs(&[Capability::IndexPaging, Capability::ServiceProviderConfig])
        .legal(&[
            "200 with at most filter.maxResults resources, or any number where it is 0",
            "400 for a count above the maximum",
        ])
        .on_every_type(LISTED),
    Check::new("index-paging.not-a-number", "A startIndex or count that is not a number is refused or ignored", &not_a_number)
        .matters("A client that sends it has a fault, and finds it sooner by an error.")
        .requirements(&["RFC7644-3.4.2.4-16", "RFC7644-3.12-04"])
        .needs(NEEDS)
        .legal(&["400, invalidValue where there is a scimType", "200 as if it were not there (noted)"])
        .on_every_type(LISTED),
];

/// As many users as asked for, whose keys are letters in the order of their creation.
async fn users(context: &Context, count: usize) -> Result<Cohort<'_>, Stop> {
    let people: Vec<_> = "abcdefgh".chars().take(count).map(|key| (key.to_string(), json!({}))).collect();
    Cohort::resources(context, &people).await
}

fn page(users: &Cohort<'_>, start: Option<&str>, count: Option<&str>) -> Request {
    paged(users.query(&users.anchor()), start, count)
}

fn paged(list: Request, start: Option<&str>, count: Option<&str>) -> Request {
    let given = [("startIndex", start), ("count", count)];
    let given = given.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    given.fold(list, |request, (name, value)| request.query(name, value))
}

/// The resources of the check, or everybody beside them: what holds for a page whoever is on it is asked without a filter where none
/// tells them apart.
struct PagedList {
    list: Request,
    /// How many there are; unknown of others.
    total: Option<usize>,
}

impl PagedList {
    async fn new(context: &Context, count: usize) -> Result<Self, Stop> {
        if context.can_narrow(context.collection()) {
            let users = users(context, count).await?;
            return Ok(Self { list: users.query(&users.anchor()), total: Some(count) });
        }
        context.named_resources(count).await?;
        Ok(Self { list: Request::get(context.collection()), total: None })
    }

    fn page(&self, start: Option<&str>, count: Option<&str>) -> Request {
        paged(self.list.clone(), start, count)
    }

    /// The total is right, as far as it is known.
    fn expect_total(&self, context: &Context, answer: &Arc<Exchange>, under: &'static [&'static str]) {
        if let Some(total) = self.total {
            context.expect(answer).under(under).equals("totalResults", &json!(total));
        }
    }
}

/// The order in which a walk asks for its pages.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    AsItComes,
    Sorted,
}

impl Order {
    fn of(self, all: &Cohort<'_>, request: Request) -> Result<Request, Stop> {
        if self == Self::Sorted { all.sorted(request) } else { Ok(request) }
    }

    /// Whether what is wrong in a walk may come of an order that changes meanwhile.
    async fn is_loose(self, all: &Cohort<'_>) -> Result<bool, Stop> {
        Ok(self == Self::AsItComes && all.changes_order().await?)
    }
}

/// Asks for one page after the other and judges each and all together; once more in a sorted list where the order changes.
async fn walk_over(context: &Context, all: &Cohort<'_>, count: usize) -> CheckResult {
    if !walk_in_order(context, all, count, Order::AsItComes).await? {
        walk_in_order(context, all, count, Order::Sorted).await?;
    }
    Ok(())
}

/// Whether the walk has an answer: there is none where the order changes.
async fn walk_in_order(context: &Context, all: &Cohort<'_>, count: usize, order: Order) -> Result<bool, Stop> {
    let total = all.members().count();
    let mut seen: Vec<String> = Vec::new();
    for start in (1..=total).step_by(count) {
        let request = order.of(all, page(all, Some(&start.to_string()), Some(&count.to_string())))?;
        let answer = context.send(request).await?;
        context
            .expect(&answer)
            .under(&["RFC7644-3.4.2-13"])
            .status(&[200])
            .json()
            .equals("totalResults", &json!(total));
        let keys = all.keys_in(&answer);
        context.expect(&answer).under(&["RFC7644-3.4.2.4-09"]).that(
            keys.len() <= count,
            "the page holds more than count asks for",
            resource_count(keys.len()),
        );
        if keys.iter().any(|key| seen.contains(key)) && order.is_loose(all).await? {
            return Ok(false);
        }
        for key in keys {
            context.expect(&answer).under(&["RFC7644-3.4.2.4-15"]).that(
                !seen.contains(&key) && all.members().any(|(own, _)| own == key),
                "a resource comes twice or does not match",
                key.as_str(),
            );
            seen.push(key);
        }
        if start + count > total {
            context.expect(&answer).under(&["RFC7644-3.4.2.4-15"]).that(
                all.members().all(|(key, _)| seen.iter().any(|seen| seen == key)),
                "the pages together lack a resource",
                seen.join(", "),
            );
        }
    }
    Ok(true)
}

async fn walk(context: &Context) -> CheckResult {
    let users = users(context, 3).await?;
    for start in 1..=3 {
        let answer = context.send(page(&users, Some(&start.to_string()), Some("1"))).await?;
        context.expect(&answer).under(&["RFC7644-3.4.2-09", "RFC7644-3.4.2.4-14"]).equals("startIndex", &json!(start));
        let shown = resources_in(&answer).len();
        context.expect(&answer).under(&["RFC7644-3.4.2.4-12"]).equals("itemsPerPage", &json!(shown));
        context.expect(&answer).under(&["RFC7644-3.4.2.4-13"]).equals("totalResults", &json!(3));
    }
    walk_over(context, &users, 1).await
}

async fn uneven_walk(context: &Context) -> CheckResult {
    let users = users(context, 5).await?;
    if !uneven_walk_in_order(context, &users, Order::AsItComes).await? {
        uneven_walk_in_order(context, &users, Order::Sorted).await?;
    }
    Ok(())
}

/// Whether the walk has an answer: there is none where the order changes.
async fn uneven_walk_in_order(context: &Context, users: &Cohort<'_>, order: Order) -> Result<bool, Stop> {
    // A page may be shorter than asked for, so the next one begins where this one ended.
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..5 {
        let request = order.of(users, page(users, Some(&(seen.len() + 1).to_string()), Some("2")))?;
        let answer = context.send(request).await?;
        context.expect(&answer).under(&["RFC7644-3.4.2.4-13"]).status(&[200]).json().equals("totalResults", &json!(5));
        let keys = users.keys_in(&answer);
        context.expect(&answer).under(&["RFC7644-3.4.2.4-09"]).that(
            keys.len() <= 2,
            "the page holds more than count asks for",
            resource_count(keys.len()),
        );
        let repeated = keys.iter().any(|key| seen.contains(key));
        if repeated && order.is_loose(users).await? {
            return Ok(false);
        }
        context.expect(&answer).under(&["RFC7644-3.4.2.4-15"]).that(
            !repeated && !keys.is_empty(),
            if repeated { "a resource comes twice" } else { "a page before the end is empty" },
            keys.join(", "),
        );
        if repeated || keys.is_empty() {
            return Ok(true);
        }
        seen.extend(keys);
        if seen.len() >= 5 {
            break;
        }
    }
    Ok(true)
}

async fn partial_page(context: &Context) -> CheckResult {
    let listed = PagedList::new(context, 3).await?;
    let answer = context.send(listed.page(None, Some("2"))).await?;
    let shown = ids_in(&answer).len();
    context
        .expect(&answer)
        .under(&["RFC7644-3.4.2-09", "RFC7644-3.4.2.4-03", "RFC7644-3.4.2.4-14"])
        .status(&[200])
        .json()
        .equals("startIndex", &json!(1));
    let length: &'static [&'static str] = &["RFC7644-3.4.2-10", "RFC7644-3.4.2.4-12"];
    context.expect(&answer).under(length).equals("itemsPerPage", &json!(shown));
    // A page that may be shorter than asked for tells more: the number of resources, not the number asked for.
    let answer = context.send(listed.page(Some("3"), Some("2"))).await?;
    let shown = ids_in(&answer).len();
    context.expect(&answer).under(length).status(&[200]).json().equals("itemsPerPage", &json!(shown));
    Ok(())
}

async fn start_below_one(context: &Context) -> CheckResult {
    let users = users(context, 2).await?;
    let mut order = Order::AsItComes;
    for start in ["0", "-5"] {
        let mut first = context.send(order.of(&users, page(&users, Some("1"), Some("1")))?).await?;
        let mut answer = context.send(order.of(&users, page(&users, Some(start), Some("1")))?).await?;
        if ids_in(&answer) != ids_in(&first) && order.is_loose(&users).await? {
            order = Order::Sorted;
            first = context.send(order.of(&users, page(&users, Some("1"), Some("1")))?).await?;
            answer = context.send(order.of(&users, page(&users, Some(start), Some("1")))?).await?;
        }
        context.expect(&answer).after(&first).status(&[200]).json().equals("startIndex", &json!(1)).that(
            ids_in(&answer) == ids_in(&first),
            "the page is not the first page",
            ids_in(&answer).join(", "),
        );
    }
    Ok(())
}

async fn start_past_end(context: &Context) -> CheckResult {
    let listed = PagedList::new(context, 2).await?;
    let starts: &[&str] = if listed.total.is_some() { &["3", "1000"] } else { &["1000000000"] };
    for start in starts {
        let answer = context.send(listed.page(Some(start), Some("2"))).await?;
        context.expect(&answer).under(&["RFC7644-3.4.2.4-05"]).status(&[200]).json().lacks("Resources");
        if !answer.is_success() {
            continue;
        }
        listed.expect_total(context, &answer, &["RFC7644-3.4.2.4-13"]);
        let length = answer.at("itemsPerPage").filter(|_| resources_in(&answer).is_empty());
        context.expect(&answer).under(&["RFC7644-3.4.2.4-12"]).that(
            length.is_none_or(|length| length.as_f64() == Some(0.0)),
            "itemsPerPage of an empty page is not 0",
            length.map_or_else(String::new, ToString::to_string),
        );
    }
    Ok(())
}

async fn counts_from_one(context: &Context) -> CheckResult {
    let users = users(context, 3).await?;
    for (start, key) in [("1", "a"), ("2", "b"), ("3", "c")] {
        let request = page(&users, Some(start), Some("1"));
        let request = request.query("sortBy", users.naming()).query("sortOrder", "ascending");
        let answer = context.send(request).await?;
        let keys = users.keys_in(&answer);
        context.expect(&answer).under(&["RFC7644-3.4.2.4-06"]).status(&[200]).json().that(
            keys == [key],
            &format!("the page does not hold the user that is number {start} of the sorted list"),
            keys.join(", "),
        );
        context
            .expect(&answer)
            .under(&["RFC7644-3.4.2.4-14"])
            .equals("startIndex", &json!(start.parse::<u8>().unwrap_or(0)));
    }
    Ok(())
}

fn nobody(context: &Context, listed: &PagedList, answer: &Arc<Exchange>) {
    context.expect(answer).status(&[200]).json().lacks("Resources");
    listed.expect_total(context, answer, context.check().requirements);
}

async fn count_zero(context: &Context) -> CheckResult {
    let listed = PagedList::new(context, 2).await?;
    let answer = context.send(listed.page(None, Some("0"))).await?;
    nobody(context, &listed, &answer);
    Ok(())
}

async fn negative_count(context: &Context) -> CheckResult {
    let listed = PagedList::new(context, 2).await?;
    for count in ["-1", "-1000"] {
        let answer = context.send(listed.page(None, Some(count))).await?;
        nobody(context, &listed, &answer);
    }
    Ok(())
}

async fn at_most_count(context: &Context) -> CheckResult {
    let listed = PagedList::new(context, 3).await?;
    let answer = context.send(listed.page(None, Some("2"))).await?;
    let shown = ids_in(&answer).len();
    context.expect(&answer).under(&["RFC7644-3.4.2.4-09"]).status(&[200]).json().that(
        shown <= 2,
        "the page holds more than count asks for",
        resource_count(shown),
    );
    Ok(())
}

async fn max_results(context: &Context) -> CheckResult {
    // Products that have no largest page publish 0.
    let published = context.discovery().config("filter.maxResults").and_then(Value::as_u64);
    let Some(limit) = published.filter(|limit| *limit > 0) else {
        return context.skip("the endpoint publishes no filter.maxResults above 0");
    };
    let listed = PagedList::new(context, 2).await?;
    let everybody = Request::get(context.collection());
    for request in [everybody.clone(), listed.page(None, None), everybody.query("count", "100000")] {
        let answer = context.send(request).await?;
        let too_much = answer.url.query().is_some_and(|query| query.contains("count="));
        let legal: &[u16] = if too_much { &[200, 400] } else { &[200] };
        let shown = ids_in(&answer).len();
        context.expect(&answer).status(legal).that(
            u64::try_from(shown).unwrap_or(u64::MAX) <= limit,
            "the page holds more than filter.maxResults",
            format!("{}, and filter.maxResults is {limit}", resource_count(shown)),
        );
    }
    Ok(())
}

async fn not_a_number(context: &Context) -> CheckResult {
    let listed = PagedList::new(context, 2).await?;
    for request in [listed.page(None, Some("abc")), listed.page(Some("abc"), None), listed.page(None, Some("1.5"))] {
        let answer = context.send(request).await?;
        context.expect(&answer).under(&["RFC7644-3.4.2.4-16"]).refused(&[400], &["invalidValue", "invalidCount"]);
    }
    Ok(())
}
