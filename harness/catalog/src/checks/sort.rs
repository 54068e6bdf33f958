//! Sorting (RFC 7644 section 3.4.2.3).

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::{Exchange, Request};

use crate::check::cohort::Cohort;
use crate::check::{Check, CheckResult, Context, LISTED, Stop};
use crate::data::USER;

const NEEDS: &[Capability] = &[Capability::CreateUsers, Capability::FilterUsers, Capability::Sort];
const PAGED: &[Capability] =
    &[Capability::CreateUsers, Capability::FilterUsers, Capability::Sort, Capability::IndexPaging];
const ORDERED: &[&str] = &["200 with the resources in the order of the attribute"];

pub(super) const CHECKS: &[Check] = &[
    Check::new("sort.ascending", "sortBy orders by an attribute, ascending without sortOrder", &ascending)
        .matters("A client that merges two sorted lists loses entries when one is not sorted.")
        .requirements(&["RFC7643-2.1-04", "RFC7644-3.4.2.3-03", "RFC7644-3.4.2.3-08", "RFC7644-3.4.2.3-09"])
        .needs(&[Capability::Sort])
        .legal(ORDERED)
        .on_every_type(LISTED)
        .formerly(&[("sort.groups", "Group")]),
    Check::new("sort.descending", "descending is the reverse of ascending", &descending)
        .matters("The newest accounts come first only if the order is the one asked for.")
        .requirements(&["RFC7644-3.4.2.3-13", "RFC7644-3.4.2.3-08"])
        .needs(&[Capability::Sort])
        .legal(ORDERED)
        .on_every_type(LISTED),
    Check::new(
        "sort.case-ignored",
        "Values of an attribute that is not caseExact are sorted without letter case",
        &case_ignored,
    )
    .matters("People look for a name where the alphabet has it, not behind all capitals.")
    .requirements(&["RFC7644-3.4.2.3-10", "RFC7644-3.4.2.3-03"])
    .needs(NEEDS)
    .legal(&["200 with alice, Bob, Carl in this order"]),
    Check::new("sort.case-exact", "Values of a caseExact attribute are sorted by letter case", &case_exact)
        .matters("Two lists that are to be merged have to be in one order.")
        .requirements(&["RFC7644-3.4.2.3-11", "RFC7644-3.4.2.3-03"])
        .needs(NEEDS)
        .legal(&["200 with B, C, a in this order", "200 with a, B, C in this order (noted)"]),
    Check::new("sort.sub-attribute", "sortBy names a part of a complex attribute with a dot", &sub_attribute)
        .matters("Lists of people are sorted by family name.")
        .requirements(&["RFC7644-3.4.2.3-05", "RFC7644-3.4.2.3-03", "RFC7644-3.10-01", "RFC7644-3.10-02"])
        .needs(NEEDS)
        .legal(&[
            "200 in the order of the part, with the schema's URN or without; sortBy=name may be refused with 400",
        ]),
    Check::new("sort.primary-value", "Of several values the primary one counts, else the first", &primary_value)
        .matters("A person appears under the address that the organisation uses.")
        .requirements(&["RFC7644-3.4.2.3-04"])
        .needs(NEEDS)
        .legal(ORDERED),
    Check::new(
        "sort.missing-values",
        "Resources without value come last when ascending and first when descending, and none is lost",
        &missing_values,
    )
    .matters("A list sorted by an optional attribute must still be the whole list.")
    .requirements(&["RFC7644-3.4.2.3-06", "RFC7644-3.4.2.3-07", "RFC7644-3.4.2.3-03"])
    .needs(NEEDS)
    .legal(&["200 with everybody, those without value at the end that the RFC names (at the other end: noted)"]),
    Check::new("sort.by-type", "Times are sorted as instants, not as text", &by_type)
        .matters("The oldest account is the oldest in every zone.")
        .requirements(&["RFC7644-3.4.2.3-12"])
        .needs(NEEDS)
        .legal(ORDERED),
    Check::new("sort.pages", "Pages of a sorted list together are the sorted list", &pages)
        .matters("A page sorted by itself shows some people twice and others never.")
        .requirements(&["RFC7644-3.4.2.3-14", "RFC7644-3.4.2.4-15"])
        .needs(PAGED)
        .legal(&["200 with pages that continue each other, also where many values are equal"]),
    Check::new("sort.unknown-attribute", "An unknown attribute is refused or ignored", &unknown_attribute)
        .matters("A list sorted by an attribute that another version has must not break the client.")
        .requirements(&["RFC7644-3.4.2.3-15", "RFC7644-3.4.2.3-08"])
        .needs(&[Capability::Sort])
        .legal(&["400 with scimType invalidPath or invalidValue", "200 with everybody"])
        .on_every_type(LISTED),
    Check::new(
        "sort.not-offered",
        "An endpoint without sorting refuses or ignores sortBy, and its list is complete",
        &not_offered,
    )
    .matters("Clients ask for sorted lists without looking whether that is offered.")
    .requirements(&["RFC7644-3.4.2.3-01", "RFC7644-3.4.2.2-04"])
    .legal(&["200 with everybody", "400, 403 or 501"])
    .on_every_type(LISTED),
];

fn sorted(cohort: &Cohort<'_>, by: &str, order: Option<&str>) -> Request {
    let request = cohort.query(&cohort.anchor()).query("sortBy", by);
    order.map_or(request.clone(), |order| request.query("sortOrder", order))
}

/// Judges that the list holds the members of these keys in this order.
async fn judge(
    context: &Context,
    cohort: &Cohort<'_>,
    request: Request,
    expected: &[&str],
    requirements: &'static [&'static str],
) -> Result<Arc<Exchange>, Stop> {
    let answer = cohort.whole(request).await?;
    let expectation = context.expect(&answer).under(requirements).status(&[200]).json();
    if answer.status == 200 {
        let found = cohort.keys_in(&answer);
        let message = format!("the order is not {}", expected.join(", "));
        expectation.that(found == expected, &message, found.join(", "));
    }
    Ok(answer)
}

/// Resources in an order of creation that is not the order of any attribute.
async fn people(context: &Context) -> Result<Cohort<'_>, Stop> {
    Cohort::resources(context, &["c", "a", "d", "b"].map(|key| (key, json!({})))).await
}

async fn ascending(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let order = &["a", "b", "c", "d"];
    judge(context, &users, sorted(&users, users.naming(), None), order, &["RFC7644-3.4.2.3-09"]).await?;
    let request = sorted(&users, users.naming(), Some("ascending"));
    judge(context, &users, request, order, &["RFC7644-3.4.2.3-03", "RFC7644-3.4.2.3-08"]).await?;
    let capitals = users.naming().to_ascii_uppercase();
    judge(context, &users, sorted(&users, &capitals, None), order, &["RFC7643-2.1-04"]).await?;
    Ok(())
}

async fn descending(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let request = sorted(&users, users.naming(), Some("descending"));
    let requirements: &'static [&'static str] = &["RFC7644-3.4.2.3-13", "RFC7644-3.4.2.3-08"];
    judge(context, &users, request, &["d", "c", "b", "a"], requirements).await?;
    Ok(())
}

async fn case_ignored(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["displayName"])?;
    let people = [("b", "Bob"), ("a", "alice"), ("c", "Carl")].map(|(key, name)| (key, json!({"displayName": name})));
    let users = Cohort::users(context, &people).await?;
    judge(context, &users, sorted(&users, "displayName", None), &["a", "b", "c"], &["RFC7644-3.4.2.3-10"]).await?;
    Ok(())
}

async fn case_exact(context: &Context) -> CheckResult {
    let prefix = context.data().prefix();
    let people = ["B", "a", "C"].map(|key| (key, json!({"externalId": format!("{prefix}{key}")})));
    let users = Cohort::users(context, &people).await?;
    if people.iter().any(|(key, sent)| *users.get(key).value("externalId") != sent["externalId"]) {
        return context.skip("the endpoint does not return the externalId that it was given");
    }
    let answer = users.whole(sorted(&users, "externalId", None)).await?;
    let found = users.keys_in(&answer);
    let is_either = found == ["B", "C", "a"] || found == ["a", "B", "C"];
    context.expect(&answer).under(&["RFC7644-3.4.2.3-03"]).status(&[200]).that(
        is_either,
        "the order is neither B, C, a nor a, B, C",
        found.join(", "),
    );
    if is_either {
        let message = "capital letters do not come before small ones";
        context.expect(&answer).under(&["RFC7644-3.4.2.3-11"]).that(found[0] == "B", message, found.join(", "));
    }
    Ok(())
}

async fn sub_attribute(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["name.givenName", "name.familyName"])?;
    let person = |given: &str, family: &str| json!({"name": {"givenName": given, "familyName": family}});
    let people = [("b", person("Ada", "Bell")), ("c", person("Bea", "Cole")), ("a", person("Cleo", "Abel"))];
    let users = Cohort::users(context, &people).await?;
    let part: &'static [&'static str] = &["RFC7644-3.4.2.3-05", "RFC7644-3.4.2.3-03"];
    judge(context, &users, sorted(&users, "name.familyName", None), &["a", "b", "c"], part).await?;
    judge(context, &users, sorted(&users, "name.givenName", None), &["b", "c", "a"], part).await?;
    let full = format!("{USER}:name.familyName");
    judge(context, &users, sorted(&users, &full, None), &["a", "b", "c"], &["RFC7644-3.10-01"]).await?;
    let whole = context.send(sorted(&users, "name", None)).await?;
    context.expect(&whole).under(&["RFC7644-3.4.2.3-05"]).status(&[200, 400]);
    Ok(())
}

async fn primary_value(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["emails.value", "emails.primary"])?;
    let prefix = context.data().prefix();
    let email = |start: &str, kind: &str, primary: bool| {
        let mut email = json!({"value": format!("{start}.{prefix}@example.com"), "type": kind});
        if primary {
            email["primary"] = true.into();
        }
        email
    };
    let people: [(&str, Value); 3] = [
        ("second", json!({"emails": [email("a", "home", false), email("m", "work", true)]})),
        ("third", json!({"emails": [email("x", "work", true), email("b", "home", false)]})),
        ("first", json!({"emails": [email("c", "work", false), email("z", "home", false)]})),
    ];
    let users = Cohort::users(context, &people).await?;
    let order = &["first", "second", "third"];
    judge(context, &users, sorted(&users, "emails.value", None), order, &["RFC7644-3.4.2.3-04"]).await?;
    Ok(())
}

async fn missing_values(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["nickName"])?;
    context.needs_kept(&["nickName"])?;
    let people = [("without", json!({})), ("b", json!({"nickName": "Bea"})), ("a", json!({"nickName": "Ada"}))];
    let users = Cohort::users(context, &people).await?;
    let cases: [(&str, [&str; 3], &'static [&'static str]); 2] = [
        ("ascending", ["a", "b", "without"], &["RFC7644-3.4.2.3-06"]),
        ("descending", ["without", "b", "a"], &["RFC7644-3.4.2.3-07"]),
    ];
    for (order, expected, disputed) in cases {
        let answer = context.send(sorted(&users, "nickName", Some(order))).await?;
        let found = users.keys_in(&answer);
        let with: Vec<_> = found.iter().filter(|key| *key != "without").collect();
        let expected_with: Vec<_> = expected.iter().filter(|key| **key != "without").collect();
        context.expect(&answer).under(&["RFC7644-3.4.2.3-03"]).status(&[200]).that(
            found.len() == 3 && with == expected_with,
            "somebody is lost, or those with a value are not in order",
            found.join(", "),
        );
        context.expect(&answer).under(disputed).that(
            found == expected,
            "those without value are at the other end",
            found.join(", "),
        );
    }
    Ok(())
}

async fn by_type(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let created = |key: &str| {
        let (_, user) = users.members().find(|(own, _)| *own == key)?;
        user.value("meta.created").as_str()?.parse::<jiff::Timestamp>().ok()
    };
    let answer = users.whole(sorted(&users, "meta.created", None)).await?;
    let times: Vec<_> = users.keys_in(&answer).iter().map(|key| created(key)).collect();
    context.expect(&answer).status(&[200]).json().that(
        times.len() == 4 && times.is_sorted(),
        "the users are not in the order of meta.created",
        users.keys_in(&answer).join(", "),
    );
    let all = super::filter::published::FilterAttribute::of_users(context.discovery());
    let number = all.iter().find(|own| {
        own.kind == super::filter::published::Type::Integer && !own.is_multi_valued() && !own.path.contains('.')
    });
    let time = all.iter().find(|own| own.kind == super::filter::published::Type::DateTime && !own.is_multi_valued());
    for (own, values) in [
        (number, [json!(10), json!(9), json!(100)]),
        (time, [json!("2020-03-01T01:00:00+02:00"), json!("2020-02-29T22:00:00Z"), json!("2020-03-01T00:00:00Z")]),
    ] {
        let Some(own) = own else { continue };
        let mut people = ["second", "first", "third"].map(|key| (format!("{key}.{:?}", own.kind), json!({})));
        for ((_, body), value) in people.iter_mut().zip(values) {
            own.set(body, value);
        }
        let users = Cohort::users(context, &people).await?;
        let answer = users.whole(sorted(&users, &own.path, None)).await?;
        let found = users.keys_in(&answer);
        let found: Vec<_> = found.iter().filter_map(|key| key.split_once('.').map(|(key, _)| key)).collect();
        context.expect(&answer).status(&[200]).that(
            found == ["first", "second", "third"],
            &format!("the values of {} are not in the order of their type", own.path),
            found.join(", "),
        );
    }
    Ok(())
}

async fn pages(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["title"])?;
    let title = context.data().prefix();
    let keys = ["e", "a", "d", "b", "c"];
    let users = Cohort::users(context, &keys.map(|key| (key, json!({"title": title})))).await?;
    for (by, order) in [("userName", Some(["a", "b", "c", "d", "e"])), ("title", None)] {
        let mut found: Vec<String> = Vec::new();
        for start in ["1", "3", "5"] {
            let request = sorted(&users, by, None).query("startIndex", start).query("count", "2");
            let answer = context.send(request).await?;
            context.expect(&answer).under(&["RFC7644-3.4.2.3-14"]).status(&[200]).json();
            found.extend(users.keys_in(&answer));
            if start == "5" {
                let mut once = found.clone();
                once.sort_unstable();
                let is_each_once = once == ["a", "b", "c", "d", "e"];
                if !is_each_once && order.is_none() && changes_order(&users, by).await? {
                    continue;
                }
                context.expect(&answer).under(&["RFC7644-3.4.2.4-15"]).that(
                    is_each_once,
                    "the pages together are not each user once",
                    found.join(", "),
                );
                context.expect(&answer).under(&["RFC7644-3.4.2.3-14"]).that(
                    order.is_none_or(|order| found == order),
                    "the pages together are not in order",
                    found.join(", "),
                );
            }
        }
    }
    Ok(())
}

/// Whether resources that are equal in what a list is sorted by are seen to stand in another order the next time.
async fn changes_order(users: &Cohort<'_>, by: &str) -> Result<bool, Stop> {
    let first = users.whole(sorted(users, by, None)).await?;
    for _ in 0..3 {
        let again = users.whole(sorted(users, by, None)).await?;
        if users.keys_in(&again) != users.keys_in(&first) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn unknown_attribute(context: &Context) -> CheckResult {
    let users = people(context).await?;
    let cases: [(Request, &'static [&'static str]); 2] = [
        (sorted(&users, "weirdness", None), &["RFC7644-3.4.2.3-15"]),
        (sorted(&users, users.naming(), Some("up")), &["RFC7644-3.4.2.3-08"]),
    ];
    for (request, requirements) in cases {
        let answer = context.send(request).await?;
        if answer.status == 200 {
            let found = users.keys_in(&answer);
            context.expect(&answer).under(requirements).that(found.len() == 4, "somebody is lost", found.join(", "));
        } else {
            context.expect(&answer).under(requirements).refused(&[400], &["invalidPath", "invalidValue"]);
        }
    }
    Ok(())
}

async fn not_offered(context: &Context) -> CheckResult {
    context.may_try(Capability::Sort)?;
    if context.discovery().config("sort.supported").and_then(Value::as_bool) != Some(false) {
        return context.not_offered("sorting is offered");
    }
    let users = people(context).await?;
    let answer = users.whole(sorted(&users, users.naming(), None)).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.3-01"]).status(&[200, 400, 403, 501]);
    if answer.status == 200 {
        let found = users.keys_in(&answer);
        let message = "the list is not everybody whom the filter matches";
        context.expect(&answer).under(&["RFC7644-3.4.2.2-04"]).that(found.len() == 4, message, found.join(", "));
    }
    Ok(())
}
