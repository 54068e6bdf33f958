//! Queries by POST to `.search`, and queries over all resource types (RFC 7644 sections 3.4.2.1 and 3.4.3).

pub(super) mod expressions;

use std::sync::Arc;

use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::cohort::{Cohort, ids_in, is_refused_as_unsupported, resource_count, resources_in};
use crate::check::{Check, CheckResult, Context, LISTED, Resource, Stop};
use crate::data::USER;
use crate::node::SchemaNode;

const SEARCH_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const SEARCH: &[Capability] = &[Capability::Search];
const ROOT: &[Capability] = &[
    Capability::CreateUsers,
    Capability::CreateGroups,
    Capability::FilterUsers,
    Capability::FilterGroups,
    Capability::RootQuery,
];
/// What a provider may refuse as a combination of attribute and comparison that it does not support (RFC 7644 section 3.12).
const UNSUPPORTED: &[&str] = &["RFC7644-3.4.2.2-75"];
const REFUSED: &str = "400 invalidFilter for a comparison that the endpoint does not support (noted)";
const SAME: &[&str] = &["200 with the same resources in the same order as the query by GET"];

pub(super) const CHECKS: &[Check] = &[
    Check::new("search.matches", "POST to .search is a query: 200 with a ListResponse of the matches", &matches)
        .matters("Filters with personal data are kept out of logs this way, and long ones out of URL limits.")
        .requirements(&["RFC7644-3.2-08", "RFC7644-3.4.3-01", "RFC7644-3.4.3-18", "RFC7644-3.4.3-21"])
        .needs(SEARCH)
        .legal(&["200 with a ListResponse that holds exactly the matches, as the query by GET"])
        .on_every_type(LISTED)
        .formerly(&[("search.users", "User"), ("search.groups", "Group")]),
    Check::new("search.parameters", "Paging in the body of a search has the effect that it has in a URL", &parameters)
        .matters("A walk by .search that ignores startIndex never ends, or misses people.")
        .requirements(&["RFC7644-3.4.3-03", "RFC7644-3.4.3-16", "RFC7644-3.4.3-17", "RFC7644-3.4.3-21"])
        .needs(&[Capability::Search, Capability::IndexPaging])
        .legal(SAME)
        .on_every_type(LISTED),
    Check::new("search.sorted", "Sorting in the body of a search has the effect that it has in a URL", &sorted)
        .matters("A console shows the list in the order in which it came.")
        .requirements(&[
            "RFC7644-3.4.3-12",
            "RFC7644-3.4.3-13",
            "RFC7644-3.4.3-14",
            "RFC7644-3.4.3-15",
            "RFC7644-3.4.3-21",
        ])
        .needs(&[Capability::Search, Capability::Sort])
        .legal(SAME)
        .on_every_type(LISTED),
    Check::new(
        "search.attributes",
        "attributes and excludedAttributes in the body of a search are lists of names that count",
        &attributes,
    )
    .matters("A client that asks for two attributes of ten thousand people gets all of everything otherwise.")
    .requirements(&["RFC7644-3.4.3-05", "RFC7644-3.4.3-07", "RFC7644-3.4.3-09", "RFC7644-3.4.3-03", "RFC7644-3.4.3-21"])
    .needs(SEARCH)
    .legal(&["200 with the attributes asked for and those that are always returned"])
    .on_every_type(LISTED),
    Check::new("search.without-filter", "A search without filter finds every resource", &without_filter)
        .matters("A full read by POST must not be empty.")
        .requirements(&["RFC7644-3.4.3-11", "RFC7644-3.4.3-13", "RFC7644-3.4.2-13"])
        .needs(SEARCH)
        .legal(&["200 with a ListResponse whose totalResults is as by GET or, where people come and go, at least 1"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("search.invalid-filter", "An invalid filter in a search is refused", &invalid_filter)
        .matters("A client that gets everybody instead of an error may disable everybody.")
        .requirements(&["RFC7644-3.4.3-10", "RFC7644-3.4.2.2-63", "RFC7644-3.12-04"])
        .needs(SEARCH)
        .legal(&["400, with scimType invalidFilter where there is one"])
        .on_every_type(&[ResourceOperation::Filter]),
    Check::new("search.creates-nothing", "A POST to .search never creates a resource", &creates_nothing)
        .matters("A server that takes .search for the collection creates an account by every query.")
        .requirements(&["RFC7644-3.4.3-02"])
        .needs(SEARCH)
        .legal(&["400", "200 with a list, and no resource is created"])
        .on_every_type(&[ResourceOperation::Filter]),
    Check::new("search.malformed", "A search whose body is not JSON is refused", &malformed)
        .matters("A body that was cut off must not be answered with everybody.")
        .requirements(&["RFC7644-3.4.3-20", "RFC7644-3.12-04"])
        .needs(SEARCH)
        .legal(&["400, with scimType invalidSyntax where there is one"])
        .on_every_type(&[]),
    Check::new(
        "search.schemas",
        "A search that is not marked as a SearchRequest is refused, or answered all the same",
        &schemas,
    )
    .matters("A client that leaves it out works here and fails elsewhere.")
    .requirements(&["RFC7644-3.4.3-04", "RFC7644-3.12-04"])
    .needs(SEARCH)
    .legal(&["400, with scimType invalidSyntax or invalidValue where there is one", "200 (noted)"])
    .on_every_type(&[ResourceOperation::Filter]),
    Check::new("search.root", "POST /.search finds resources of every type", &root)
        .matters("A console's search field looks for people and groups at once.")
        .requirements(&[
            "RFC7644-3.2-18",
            "RFC7644-3.4.3-19",
            "RFC7644-3.4.2.1-02",
            "RFC7644-3.4.2.1-03",
            "RFC7644-3.4.2.1-05",
            "RFC7644-3.4.2.2-75",
        ])
        .needs(&[
            Capability::CreateUsers,
            Capability::CreateGroups,
            Capability::FilterUsers,
            Capability::FilterGroups,
            Capability::RootQuery,
            Capability::Search,
        ])
        .legal(&["200 with the users and groups that match, each with its meta.resourceType", REFUSED]),
    Check::new("search.root-get", "GET of the base URL queries every type", &root_get)
        .matters("A client that finds an id somewhere reads in one request what it belongs to.")
        .requirements(&["RFC7644-3.4.2.1-02", "RFC7644-3.4.2.1-03", "RFC7644-3.4.2.1-05", "RFC7644-3.4.2.2-75"])
        .needs(ROOT)
        .legal(&["200 with exactly the resources that match", REFUSED]),
    Check::new(
        "search.root-unknown-attribute",
        "In a query over all types, an attribute that a type does not have counts as without value",
        &root_unknown_attribute,
    )
    .matters("A filter on userName must neither fail because of groups nor find them.")
    .requirements(&["RFC7644-3.4.2.1-05", "RFC7644-3.4.2.1-06", "RFC7644-3.4.2.2-75"])
    .needs(ROOT)
    .legal(&["200 with the user for userName pr, and with the group only by displayName", REFUSED]),
];

fn search(endpoint: &str, members: Value) -> Request {
    let mut body = json!({"schemas": [SEARCH_REQUEST]});
    if let (Some(body), Value::Object(members)) = (body.as_object_mut(), members) {
        body.extend(members);
    }
    Request::post(&format!("{endpoint}/.search")).json(&body)
}

async fn people(context: &Context) -> Result<Cohort<'_>, Stop> {
    Cohort::resources(context, &["b", "a", "c"].map(|key| (key, json!({})))).await
}

async fn matches(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let answer = context.send(search(users.endpoint(), json!({"filter": users.anchor()}))).await?;
    context
        .expect(&answer)
        .under(&["RFC7644-3.4.3-18"])
        .status(&[200])
        .json()
        .equals("schemas", &json!([LIST_RESPONSE]));
    context.expect(&answer).under(&["RFC7644-3.4.3-18"]).equals("totalResults", &json!(3));
    users.judge(&answer, &["a", "b", "c"], &[], &["RFC7644-3.2-08", "RFC7644-3.4.3-21"]);
    let one = format!("{} eq {}", users.naming(), json!(users.name("b")));
    let answer = context.send(search(users.endpoint(), json!({"filter": one}))).await?;
    users.judge(&answer, &["b"], &[], &["RFC7644-3.2-08", "RFC7644-3.4.3-21"]);
    Ok(())
}

/// The answers to a query by GET and to a search with the same parameters.
async fn both_ways(
    context: &Context,
    users: &Cohort<'_>,
    members: &Value,
) -> Result<(Arc<Exchange>, Arc<Exchange>), Stop> {
    let mut get = users.query(&users.anchor());
    for (name, value) in members.as_object().into_iter().flatten() {
        get = get.query(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    let by_get = context.send(get).await?;
    let mut body = members.clone();
    body["filter"] = users.anchor().into();
    Ok((by_get, context.send(search(users.endpoint(), body)).await?))
}

/// Judges that a search and the query with the same parameters give the same list.
async fn alike(
    context: &Context,
    users: &Cohort<'_>,
    mut members: Value,
    requirements: &'static [&'static str],
) -> Result<Arc<Exchange>, Stop> {
    let (mut by_get, mut answer) = both_ways(context, users, &members).await?;
    // Two lists that nothing sorts may come in two orders.
    let is_sorted = members.get("sortBy").is_some();
    if ids_in(&answer) != ids_in(&by_get) && !is_sorted && users.changes_order().await? {
        if !context.discovery().offers(Capability::Sort) {
            return Ok(answer);
        }
        members["sortBy"] = users.naming().into();
        (by_get, answer) = both_ways(context, users, &members).await?;
    }
    let (ids, expected) = (ids_in(&answer), ids_in(&by_get));
    context.expect(&answer).after(&by_get).under(requirements).status(&[200]).json().that(
        ids == expected,
        "the search holds other resources, or in another order, than the query by GET",
        users.keys_in(&answer).join(", "),
    );
    Ok(answer)
}

async fn parameters(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let start: &'static [&'static str] = &["RFC7644-3.4.3-16", "RFC7644-3.4.3-21", "RFC7644-3.4.3-03"];
    let count: &'static [&'static str] = &["RFC7644-3.4.3-17", "RFC7644-3.4.3-21", "RFC7644-3.4.3-03"];
    let second = alike(context, &users, json!({"startIndex": 2, "count": 1}), start).await?;
    context.expect(&second).under(count).that(
        ids_in(&second).len() <= 1,
        "the page holds more than count asks for",
        resource_count(ids_in(&second).len()),
    );
    context.expect(&second).under(start).equals("totalResults", &json!(3)).equals("startIndex", &json!(2));
    let zero = alike(context, &users, json!({"startIndex": 0, "count": 1}), start).await?;
    context.expect(&zero).under(start).equals("startIndex", &json!(1));
    let none = alike(context, &users, json!({"count": 0}), count).await?;
    context.expect(&none).under(count).equals("totalResults", &json!(3)).lacks("Resources");
    Ok(())
}

async fn sorted(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let cases: [(Value, [&str; 3], &'static [&'static str]); 2] = [
        (json!({"sortBy": users.naming()}), ["a", "b", "c"], &["RFC7644-3.4.3-12", "RFC7644-3.4.3-21"]),
        (
            json!({"sortBy": users.naming(), "sortOrder": "descending"}),
            ["c", "b", "a"],
            &["RFC7644-3.4.3-12", "RFC7644-3.4.3-21"],
        ),
    ];
    for (members, expected, requirements) in cases {
        let answer = alike(context, &users, members, requirements).await?;
        let found = users.keys_in(&answer);
        let message = format!("the order is not {}", expected.join(", "));
        context.expect(&answer).under(requirements).that(found == expected, &message, found.join(", "));
    }
    if context.collection() == "/Users" && context.data().publishes(USER, "name.familyName") {
        alike(context, &users, json!({"sortBy": "name.familyName"}), &["RFC7644-3.4.3-14", "RFC7644-3.4.3-21"]).await?;
    }
    Ok(())
}

async fn attributes(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let naming = users.naming();
    // An attribute that has a value and need not be shown.
    let other = context.text(0).ok().filter(|text| text.path() != naming && text.word("returned") == "default");
    // A sub-attribute that is always returned keeps its attribute in the answer.
    let is_left_out = |part: SchemaNode<'_>| part.word("returned") != "always";
    let values = context.values().ok().filter(|own| own.word("returned") == "default" && own.parts().all(is_left_out));
    let hidden = match (&values, &other) {
        (Some(values), _) => values.path(),
        (None, Some(other)) => other.path(),
        (None, None) => return context.skip("the resource type has no attribute that can be left out"),
    };
    let has = |resource: &Value, name: &str| at(resource, name).is_some_and(|value| !value.is_null());
    let filter = users.anchor();
    let named = context.send(search(users.endpoint(), json!({"filter": filter, "attributes": [naming]}))).await?;
    context.expect(&named).under(&["RFC7644-3.4.3-03"]).status(&[200]).json();
    let shown = resources_in(&named);
    let requirements: &'static [&'static str] = &["RFC7644-3.4.3-05", "RFC7644-3.4.3-03", "RFC7644-3.4.3-21"];
    context.expect(&named).under(requirements).that(
        shown.len() == 3 && shown.iter().all(|own| has(own, naming) && has(own, "id") && !has(own, &hidden)),
        &format!("the resources are not shown by id and {naming} alone"),
        resource_count(shown.len()),
    );
    let excluded = json!({"filter": filter, "excludedAttributes": [hidden, "id"]});
    let excluded = context.send(search(users.endpoint(), excluded)).await?;
    let shown = resources_in(&excluded);
    context.expect(&excluded).under(&["RFC7644-3.4.3-07", "RFC7644-3.4.3-03", "RFC7644-3.4.3-21"]).status(&[200]).that(
        shown.len() == 3 && shown.iter().all(|own| has(own, naming) && !has(own, &hidden)),
        &format!("{hidden} is shown, or {naming} is not"),
        resource_count(shown.len()),
    );
    context.expect(&excluded).under(&["RFC7644-3.4.3-09"]).that(
        shown.iter().all(|own| has(own, "id")),
        "id is left out although it is always returned",
        resource_count(shown.len()),
    );
    Ok(())
}

async fn without_filter(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let answer = context.send(search(context.collection(), json!({"count": 1}))).await?;
    let total = answer.json().ok().and_then(|json| at(json, "totalResults")).and_then(Value::as_u64).unwrap_or(0);
    context
        .expect(&answer)
        .after(&user.exchange)
        .status(&[200])
        .json()
        .equals("schemas", &json!([LIST_RESPONSE]))
        .that(
            total > 0 && ids_in(&answer).len() == 1,
            "the list does not hold one resource",
            format!("totalResults is {total}"),
        );
    Ok(())
}

async fn invalid_filter(context: &Context) -> CheckResult {
    let answer = context
        .send(search(context.collection(), json!({"filter": format!("{} regex \"x\"", context.naming()?.path())})))
        .await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.4.3-10", "RFC7644-3.4.2.2-63"];
    context.expect(&answer).under(requirements).refused(&[400], &["invalidFilter"]);
    Ok(())
}

async fn creates_nothing(context: &Context) -> CheckResult {
    let body = context.body();
    context.filter_by_name(&body)?;
    let answer = context.send(Request::post(&format!("{}/.search", context.collection())).json(&body)).await?;
    context.expect(&answer).status(&[200, 400]);
    let Some(named) = context.named_in_lists(&body).await? else {
        return context.unable("the endpoint finds no resource by its name; `filter.eq` judges that");
    };
    context.expect(&named.list).after(&answer).lists(&[]);
    Ok(())
}

async fn malformed(context: &Context) -> CheckResult {
    let request = Request::post(&format!("{}/.search", context.collection()))
        .body("{\"schemas\": [\"urn:ietf", "application/scim+json");
    let answer = context.send(request).await?;
    context.expect(&answer).under(&["RFC7644-3.4.3-20"]).refused(&[400], &["invalidSyntax"]);
    Ok(())
}

async fn schemas(context: &Context) -> CheckResult {
    let body = json!({"filter": format!("{} eq {}", context.naming()?.path(), json!(context.data().name()))});
    let answer = context.send(Request::post(&format!("{}/.search", context.collection())).json(&body)).await?;
    let legal = &["invalidSyntax", "invalidValue"];
    context.expect(&answer).under(&["RFC7644-3.4.3-04"]).refused(&[400], legal);
    Ok(())
}

/// A user and a group whose displayName begins alike, and the filter that finds both.
async fn both(context: &Context) -> Result<(Resource, Resource, String), Stop> {
    context.needs_attributes(USER, &["displayName"])?;
    context.needs_narrowing("/Users")?;
    context.needs_narrowing("/Groups")?;
    let start = format!("{}.", context.data().prefix());
    let mut user = context.data().user();
    user["displayName"] = format!("{start}user").into();
    let mut group = context.data().group();
    group["displayName"] = format!("{start}group").into();
    let user = context.create("/Users", &user).await?;
    let group = context.create("/Groups", &group).await?;
    Ok((user, group, format!("displayName sw {}", json!(start))))
}

fn judge_root(
    context: &Context,
    answer: &Arc<Exchange>,
    expected: &[&Resource],
    requirements: &'static [&'static str],
) {
    let ids: Vec<_> = expected.iter().map(|resource| resource.id.as_str()).collect();
    if is_refused_as_unsupported(answer) {
        let message = "a filter over all types that fits grammar and schema is refused";
        context.expect(answer).under(UNSUPPORTED).that(false, message, "400 invalidFilter");
        return;
    }
    let expectation = context.expect(answer).under(requirements).status(&[200]).json();
    if answer.status == 200 {
        expectation.lists(&ids).equals("totalResults", &json!(ids.len()));
    }
}

async fn root(context: &Context) -> CheckResult {
    let (user, group, filter) = both(context).await?;
    let answer = context.send(search("", json!({"filter": filter}))).await?;
    judge_root(context, &answer, &[&user, &group], &["RFC7644-3.4.2.1-02", "RFC7644-3.2-18"]);
    if answer.status != 200 {
        return Ok(());
    }
    let kinds: Vec<_> = resources_in(&answer).iter().filter_map(|own| at(own, "meta.resourceType")?.as_str()).collect();
    context.expect(&answer).under(&["RFC7644-3.4.3-19", "RFC7644-3.4.2.1-02"]).that(
        kinds.contains(&"User") && kinds.contains(&"Group"),
        "the resources do not say of which type they are",
        kinds.join(", "),
    );
    let only = format!("{filter} and meta.resourceType eq \"User\"");
    let answer = context.send(search("", json!({"filter": only}))).await?;
    judge_root(context, &answer, &[&user], &["RFC7644-3.4.2.1-03", "RFC7644-3.4.2.1-05"]);
    Ok(())
}

async fn root_get(context: &Context) -> CheckResult {
    let (user, group, filter) = both(context).await?;
    let query = |filter: &str| Request::get("/").query("filter", filter);
    let answer = context.send(query(&filter)).await?;
    judge_root(context, &answer, &[&user, &group], &["RFC7644-3.4.2.1-02"]);
    let answer = context.send(query(&format!("{filter} and meta.resourceType eq \"Group\""))).await?;
    judge_root(context, &answer, &[&group], &["RFC7644-3.4.2.1-03", "RFC7644-3.4.2.1-05"]);
    let answer = context.send(query(&format!("id eq {}", json!(group.id)))).await?;
    judge_root(context, &answer, &[&group], &["RFC7644-3.4.2.1-02", "RFC7644-3.4.2.1-05"]);
    Ok(())
}

async fn root_unknown_attribute(context: &Context) -> CheckResult {
    let (user, group, filter) = both(context).await?;
    let query = |filter: &str| Request::get("/").query("filter", filter);
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.1-05", "RFC7644-3.4.2.1-06"];
    let answer = context.send(query(&format!("{filter} and userName pr"))).await?;
    judge_root(context, &answer, &[&user], requirements);
    let by_name = format!("{filter} and (userName pr or displayName ew \"group\")");
    let answer = context.send(query(&by_name)).await?;
    judge_root(context, &answer, &[&user, &group], requirements);
    let answer = context.send(query(&format!("{filter} and not (userName pr)"))).await?;
    judge_root(context, &answer, &[&group], requirements);
    Ok(())
}
