//! Which attributes an answer holds (RFC 7644 sections 3.4.2.5 and 3.9; `returned` in RFC 7643 section 7).

pub(super) mod names;

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Resource, Stop, patch_of};
use crate::data::USER;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "projection.attributes",
        "attributes replaces the default set: what is asked for, what is always returned, and nothing else",
        &attributes,
    )
    .matters("Provisioners ask for ids only when they list a hundred thousand users; the full list would take hours.")
    .requirements(&[
        "RFC7643-3.1-14",
        "RFC7643-3.1-24",
        "RFC7643-7-35",
        "RFC7643-7-38",
        "RFC7644-3.4.2.5-01",
        "RFC7644-3.9-04",
        "RFC7644-3.9-05",
        "RFC7644-3.9-06",
    ])
    .needs(&[Capability::CreateUsers])
    .legal(&["200 with id, userName, and what is published as always returned; schemas may be there"])
    .on(Only("User", "not migrated")),
    Check::new("projection.attributes-in-lists", "attributes shapes the elements of a list", &attributes_in_lists)
        .matters("A list that ignores it is the slow full import that the client wanted to avoid.")
        .requirements(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-02"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200, each element with id, userName, and what is published as always returned; schemas may be there"])
        .on(Only("User", "not migrated")),
    Check::new("projection.excluded", "excludedAttributes leaves out what it names and nothing else", &excluded)
        .matters("Groups are read without their members this way; an answer with a million members is of no use.")
        .requirements(&["RFC7643-3.1-24", "RFC7643-7-38", "RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07", "RFC7644-3.9-08"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 without the named attributes, the others as they are"])
        .on(Only("User", "not migrated")),
    Check::new("projection.excluded-in-lists", "excludedAttributes shapes the elements of a list", &excluded_in_lists)
        .matters("Entra lists groups with excludedAttributes=members and times out if they come along.")
        .requirements(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200, no element with the named attributes, each with the others"])
        .on(Only("User", "not migrated")),
    Check::new("projection.always", "What is returned always cannot be left out", &always)
        .matters("A list without ids is of no use: nothing in it can be changed.")
        .requirements(&["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.4.2.5-06", "RFC7644-3.9-05", "RFC7644-3.9-08"])
        .needs(&[Capability::CreateUsers])
        .legal(&["200 with id and every attribute published as always returned, under both parameters"])
        .on(Only("User", "not migrated")),
    Check::new("projection.never", "What is never returned cannot be asked for", &never)
        .matters("A parameter must not bring out a secret.")
        .requirements(&["RFC7643-7-36", "RFC7644-3.9-15"])
        .needs(&[Capability::CreateUsers])
        .legal(&["no attribute published as never returned, whatever the parameters name"])
        .on(Only("User", "not migrated")),
    Check::new(
        "projection.default-set",
        "An answer without parameters holds what is returned by default",
        &default_set,
    )
    .matters("A client that merges and writes back deletes what the answer left out.")
    .requirements(&["RFC7643-7-38", "RFC7644-3.4-02", "RFC7644-3.9-01"])
    .needs(&[Capability::CreateUsers])
    .legal(&["every attribute that has a value and is published as always or default returned, and no other"])
    .on(Only("User", "not migrated")),
    Check::new("projection.request", "What is returned on request comes when asked for and not otherwise", &request)
        .matters("Such attributes are costly to compute; clients that need them have no other way to get them.")
        .requirements(&["RFC7643-7-39", "RFC7644-3.9-14"])
        .needs(&[Capability::CreateUsers])
        .legal(&["absent without parameters, present when attributes names it"])
        .on(Only("User", "not migrated")),
    Check::new("projection.schema-document", "A schema document shows its id and its attributes", &schema_document)
        .matters("A generic client finds the schema by its id, and the attributes in it.")
        .requirements(&["RFC7643-7-03"])
        .needs(&[Capability::Schemas])
        .legal(&["200 with id and attributes"]),
    Check::new("projection.create", "attributes shapes the answer to a creation", &create)
        .matters("A client that asked for the id only may have no room for a user with a thousand groups.")
        .requirements(&["RFC7644-3.9-16"])
        .needs(&[Capability::CreateUsers])
        .legal(&["201 with id, userName, and what is published as always returned; schemas may be there"])
        .on(Only("User", "not migrated")),
    Check::new(
        "projection.other-operations",
        "attributes shapes the answers to PUT, PATCH and .search",
        &other_operations,
    )
    .matters("Adding one member with attributes=id should not bring back a million others.")
    .requirements(&["RFC7644-3.9-02"])
    .needs(&[Capability::CreateUsers])
    .legal(&["200 with id, userName, and what is published as always returned; schemas may be there"])
    .on(Only("User", "not migrated")),
];

/// The paths of the published attributes of User with this `returned`.
fn returned(context: &Context, word: &str) -> Vec<String> {
    let Some(kind) = context.discovery().resource_type("/Users") else { return Vec::new() };
    let published = context.data().published(kind).into_iter();
    published.filter(|attribute| attribute.word("returned") == word).map(|attribute| attribute.path()).collect()
}

/// A user with a value for every published attribute whose `returned` is one of `words`, besides the usual ones.
fn resource_with(context: &Context, words: &[&str]) -> Value {
    let mut body = context.data().full_user();
    let Some(kind) = context.discovery().resource_type("/Users") else { return body };
    for attribute in context.data().published(kind) {
        let settable = attribute.word("mutability") != "readOnly" && !attribute.is_common();
        if settable && words.contains(&attribute.word("returned")) && at(&body, &attribute.path()).is_none() {
            let value = match attribute.name {
                "password" => json!("Tr0ub4dor&3-weir"),
                _ => context.data().value(attribute.definition),
            };
            attribute.put(&mut body, if attribute.flag("multiValued") { json!([value]) } else { value });
        }
    }
    body
}

/// The attributes of a user that a projection to `wanted` should not show.
fn extras(context: &Context, user: &Value, wanted: &[&str]) -> Vec<String> {
    let always = returned(context, "always");
    let fits = |path: &str| {
        let always = always.iter().map(String::as_str);
        ["id", "schemas"]
            .into_iter()
            .chain(wanted.iter().copied())
            .chain(always)
            .any(|allowed| allowed.eq_ignore_ascii_case(path))
    };
    let mut found = Vec::new();
    for (name, value) in user.as_object().into_iter().flatten() {
        match value.as_object().filter(|_| name.contains(':')) {
            Some(extension) => found.extend(extension.keys().map(|inner| format!("{name}:{inner}"))),
            None => found.push(name.clone()),
        }
    }
    found.retain(|path| !fits(path));
    found
}

/// Judges a user that was asked for with `attributes=wanted`: those are there, `id` is, and nothing else.
fn judge(
    context: &Context,
    answer: &Arc<Exchange>,
    user: &Value,
    wanted: &[&str],
    requirements: [&'static [&'static str]; 3],
) {
    let [included, minimum, replaced] = requirements;
    for name in wanted {
        context.expect(answer).under(included).that(
            at(user, name).is_some(),
            &format!("{name} was asked for and is missing"),
            "nothing",
        );
    }
    context.expect(answer).under(minimum).that(at(user, "id").is_some(), "id is missing", "nothing");
    let extras = extras(context, user, wanted);
    context.expect(answer).under(replaced).that(
        extras.is_empty(),
        "the answer has attributes that were not asked for",
        extras.join(", "),
    );
}

/// A filter that finds the user, or nothing if the endpoint does not filter.
fn only(context: &Context, request: Request, user: &Resource) -> Request {
    if context.discovery().offers(Capability::FilterUsers) {
        request.query("filter", &format!("userName eq {}", user.value("userName")))
    } else {
        request
    }
}

fn elements(answer: &Exchange) -> Vec<&Value> {
    answer.at("Resources").and_then(Value::as_array).into_iter().flatten().collect()
}

async fn attributes(context: &Context) -> CheckResult {
    let user = context.create("/Users", &context.data().full_user()).await?;
    let answer = context.send(user.request(Method::GET).query("attributes", "userName")).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    if let (200, Ok(found)) = (answer.status, answer.json()) {
        judge(
            context,
            &answer,
            found,
            &["userName"],
            [
                &["RFC7644-3.9-06", "RFC7643-7-38"],
                &["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.9-05"],
                &["RFC7643-3.1-24", "RFC7643-7-38", "RFC7644-3.4.2.5-01", "RFC7644-3.9-04"],
            ],
        );
    }
    Ok(())
}

async fn attributes_in_lists(context: &Context) -> CheckResult {
    let user = context.create("/Users", &context.data().full_user()).await?;
    let request = only(context, Request::get("/Users").query("attributes", "userName"), &user);
    let answer = context.send(request).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    let all = elements(&answer);
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).that(!all.is_empty(), "the list is empty", "no element");
    for element in all {
        let requirements: &'static [&'static str] = &["RFC7644-3.4.2.5-02"];
        judge(context, &answer, element, &["userName"], [requirements, requirements, requirements]);
    }
    Ok(())
}

async fn excluded(context: &Context) -> CheckResult {
    let user = context.create("/Users", &context.data().full_user()).await?;
    let whole = context.read(&user).await?;
    let named = ["name", "emails", "meta", "userName"];
    let answer = context.send(user.request(Method::GET).query("excludedAttributes", &named.join(","))).await?;
    let always = returned(context, "always");
    context.expect(&answer).after(&whole).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    if answer.status != 200 {
        return Ok(());
    }
    for name in named.into_iter().filter(|name| !always.iter().any(|path| path == name)) {
        let requirements: &'static [&'static str] = match name {
            "meta" => &["RFC7643-3.1-24", "RFC7643-7-38", "RFC7644-3.4.2.5-07"],
            "userName" => &["RFC7643-7-38", "RFC7644-3.4.2.5-07", "RFC7644-3.9-08"],
            _ => &["RFC7643-7-38", "RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07"],
        };
        context.expect(&answer).after(&whole).under(requirements).lacks(name);
    }
    let mut rest = whole.json().cloned().unwrap_or_default();
    if let Some(members) = rest.as_object_mut() {
        members.retain(|name, _| !["schemas"].iter().chain(&named).any(|other| name.eq_ignore_ascii_case(other)));
    }
    context.expect(&answer).after(&whole).under(&["RFC7643-7-38", "RFC7644-3.4.2.5-07"]).holds(&rest);
    Ok(())
}

async fn excluded_in_lists(context: &Context) -> CheckResult {
    let user = context.create("/Users", &context.data().full_user()).await?;
    let request = only(context, Request::get("/Users").query("excludedAttributes", "name,emails"), &user);
    let answer = context.send(request).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    let all = elements(&answer);
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).that(!all.is_empty(), "the list is empty", "no element");
    for element in all {
        for name in ["name", "emails"] {
            context.expect(&answer).under(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07"]).that(
                at(element, name).is_none(),
                &format!("{name} was excluded and is there"),
                name,
            );
        }
        for name in ["id", "userName"] {
            context.expect(&answer).under(&["RFC7644-3.4.2.5-07"]).that(
                at(element, name).is_some(),
                &format!("{name} was not excluded and is missing"),
                "nothing",
            );
        }
    }
    Ok(())
}

async fn always(context: &Context) -> CheckResult {
    let user = context.create("/Users", &resource_with(context, &["always"])).await?;
    let whole = context.read(&user).await?;
    let mut names = returned(context, "always");
    names.push("id".into());
    names.retain(|name| whole.at(name).is_some());
    let excluded = format!("{},userName", names.join(","));
    let cases: [(&str, &str, &'static [&'static str]); 2] = [
        ("excludedAttributes", &excluded, &["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.4.2.5-06", "RFC7644-3.9-08"]),
        ("attributes", "displayName", &["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.9-05"]),
    ];
    for (parameter, value, requirements) in cases {
        let one = context.send(user.request(Method::GET).query(parameter, value)).await?;
        let all = context.send(only(context, Request::get("/Users").query(parameter, value), &user)).await?;
        context.expect(&one).after(&whole).under(requirements).status(&[200]);
        context.expect(&all).after(&whole).under(requirements).status(&[200]);
        for name in &names {
            context.expect(&one).after(&whole).under(requirements).has(name);
            // Without a filter the list holds users of others, who need not have the attribute.
            let of_all = name == "id" || context.discovery().offers(Capability::FilterUsers);
            for element in elements(&all).into_iter().filter(|_| of_all) {
                context.expect(&all).after(&whole).under(requirements).that(
                    at(element, name).is_some(),
                    &format!("{name} is always returned and is missing"),
                    "nothing",
                );
            }
        }
    }
    Ok(())
}

async fn never(context: &Context) -> CheckResult {
    let mut names = returned(context, "never");
    if !names.iter().any(|name| name == "password") && context.data().publishes(USER, "password") {
        names.push("password".into());
    }
    if names.is_empty() {
        return context.skip("the endpoint publishes no attribute that is never returned");
    }
    let user = context.create("/Users", &resource_with(context, &["never"])).await?;
    let value = format!("{},userName", names.join(","));
    let one = context.send(user.request(Method::GET).query("attributes", &value)).await?;
    let all = context.send(only(context, Request::get("/Users").query("attributes", &value), &user)).await?;
    let usual = context.read(&user).await?;
    let cases: [(&Arc<Exchange>, &'static [&'static str]); 4] = [
        (&one, &["RFC7644-3.9-15", "RFC7643-7-36"]),
        (&all, &["RFC7644-3.9-15", "RFC7643-7-36"]),
        (&usual, &["RFC7643-7-36"]),
        (&user.exchange, &["RFC7643-7-36"]),
    ];
    for (answer, requirements) in cases {
        for name in &names {
            let whole = answer.json().ok();
            let shown = whole.into_iter().chain(elements(answer)).any(|user| at(user, name).is_some());
            let message = format!("{name} is never returned and is there");
            context.expect(answer).after(&user.exchange).under(requirements).that(!shown, &message, name.as_str());
        }
    }
    Ok(())
}

async fn default_set(context: &Context) -> CheckResult {
    let body = resource_with(context, &["request", "never", "always"]);
    let user = context.create("/Users", &body).await?;
    let read = context.read(&user).await?;
    let mut hidden = returned(context, "request");
    hidden.extend(returned(context, "never"));
    for name in &hidden {
        context.expect(&read).after(&user.exchange).under(&["RFC7644-3.4-02", "RFC7644-3.9-01"]).lacks(name);
    }
    // externalId is OPTIONAL (RFC 7643 section 3.1): that it does not come back need not be a matter of projection.
    let sent = body.as_object().into_iter().flatten().filter(|(name, _)| *name != "externalId");
    for (name, value) in sent {
        let paths = match value.as_object().filter(|_| name.contains(':')) {
            Some(extension) => extension.keys().map(|inner| format!("{name}:{inner}")).collect(),
            None => vec![name.clone()],
        };
        for path in paths.into_iter().filter(|path| !hidden.contains(path)) {
            let requirements: &'static [&'static str] = &["RFC7643-7-38", "RFC7644-3.4-02", "RFC7644-3.9-01"];
            context.expect(&read).after(&user.exchange).under(requirements).has(&path);
        }
    }
    for name in ["id", "meta"] {
        context.expect(&read).under(&["RFC7644-3.4-02", "RFC7644-3.9-01"]).has(name);
    }
    Ok(())
}

async fn request(context: &Context) -> CheckResult {
    let body = resource_with(context, &["request"]);
    let names: Vec<_> = returned(context, "request").into_iter().filter(|path| at(&body, path).is_some()).collect();
    if names.is_empty() {
        return context.skip("the endpoint publishes no attribute of User that is returned on request and can be set");
    }
    let user = context.create("/Users", &body).await?;
    let usual = context.read(&user).await?;
    for name in &names {
        context.expect(&usual).after(&user.exchange).under(&["RFC7643-7-39"]).lacks(name);
        let asked = context.send(user.request(Method::GET).query("attributes", name)).await?;
        let expectation = context.expect(&asked).after(&user.exchange).under(&["RFC7643-7-39", "RFC7644-3.9-14"]);
        expectation.status(&[200]).has(name);
    }
    Ok(())
}

async fn schema_document(context: &Context) -> CheckResult {
    for kind in context.discovery().resource_types().iter().take(2) {
        let answer = context.send(Request::get("/Schemas").segment(&kind.schema)).await?;
        context.expect(&answer).status(&[200]).json().equals("id", &json!(kind.schema)).has("attributes");
    }
    Ok(())
}

async fn create(context: &Context) -> CheckResult {
    let answer =
        context.send(Request::post("/Users").query("attributes", "userName").json(&context.data().full_user())).await?;
    context.expect(&answer).status(&[201]).json();
    if let (true, Ok(found)) = (answer.is_success(), answer.json()) {
        let requirements: &'static [&'static str] = &["RFC7644-3.9-16"];
        judge(context, &answer, found, &["userName"], [requirements, requirements, requirements]);
    }
    Ok(())
}

async fn other_operations(context: &Context) -> CheckResult {
    let user = context.create("/Users", &context.data().full_user()).await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.9-02"];
    let offers = |capability| context.discovery().offers(capability);
    let mut answers = Vec::new();
    if offers(Capability::ReplaceUsers) {
        let request =
            user.request(Method::PUT).query("attributes", "userName").json(&context.sendable(&user, user.body()));
        answers.push(sent(context, request).await?);
    }
    if offers(Capability::PatchUsers) {
        let change = patch_of(&json!([{"op": "replace", "path": "displayName", "value": context.data().name()}]));
        let request = user.request(Method::PATCH).query("attributes", "userName").json(&change);
        answers.push(sent(context, request).await?);
    }
    for answer in answers {
        if let (200, Ok(found)) = (answer.status, answer.json()) {
            judge(context, &answer, found, &["userName"], [requirements, requirements, requirements]);
        }
    }
    if offers(Capability::Search) {
        let search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "attributes": ["userName"],
            "filter": format!("userName eq {}", user.value("userName")),
        });
        let answer = sent(context, Request::post("/Users/.search").json(&search)).await?;
        for element in elements(&answer) {
            judge(context, &answer, element, &["userName"], [requirements, requirements, requirements]);
        }
    }
    Ok(())
}

async fn sent(context: &Context, request: Request) -> Result<Arc<Exchange>, Stop> {
    let answer = context.send(request).await?;
    context.expect(&answer).status(&[200]);
    Ok(answer)
}
