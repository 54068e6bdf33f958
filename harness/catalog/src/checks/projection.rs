//! Which attributes an answer holds (RFC 7644 sections 3.4.2.5 and 3.9; `returned` in RFC 7643 section 7).

pub(super) mod names;

use std::sync::Arc;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::{assigned, at};
use weir_exchange::{Exchange, Request};

use crate::check::{CREATING, Check, CheckResult, Context, Resource, Stop};
use crate::node::{self, SchemaNode};

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
    .legal(&["200 with id, the attribute that was asked for, and what is published as always returned; schemas may be there"])
    .on_every_type(CREATING),
    Check::new("projection.attributes-in-lists", "attributes shapes the elements of a list", &attributes_in_lists)
        .matters("A list that ignores it is the slow full import that the client wanted to avoid.")
        .requirements(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-02"])
        .legal(&["200, each element with id, the attribute that was asked for, and what is published as always returned; schemas may be there"])
        .on_every_type(CREATING),
    Check::new("projection.excluded", "excludedAttributes leaves out what it names and nothing else", &excluded)
        .matters("Groups are read without their members this way; an answer with a million members is of no use.")
        .requirements(&["RFC7643-3.1-24", "RFC7643-7-38", "RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07", "RFC7644-3.9-08"])
        .legal(&["200 without the named attributes, the others as they are"])
        .on_every_type(CREATING),
    Check::new("projection.excluded-in-lists", "excludedAttributes shapes the elements of a list", &excluded_in_lists)
        .matters("Entra lists groups with excludedAttributes=members and times out if they come along.")
        .requirements(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07"])
        .legal(&["200, no element with the named attributes, each with the others"])
        .on_every_type(CREATING),
    Check::new("projection.always", "What is returned always cannot be left out", &always)
        .matters("A list without ids is of no use: nothing in it can be changed.")
        .requirements(&["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.4.2.5-06", "RFC7644-3.9-05", "RFC7644-3.9-08"])
        .legal(&["200 with id and every attribute published as always returned, under both parameters"])
        .on_every_type(CREATING),
    Check::new("projection.never", "What is never returned cannot be asked for", &never)
        .matters("A parameter must not bring out a secret.")
        .requirements(&["RFC7643-7-36", "RFC7644-3.9-15"])
        .legal(&["no attribute published as never returned, whatever the parameters name"])
        .on_every_type(CREATING),
    Check::new(
        "projection.default-set",
        "An answer without parameters holds what is returned by default",
        &default_set,
    )
    .matters("A client that merges and writes back deletes what the answer left out.")
    .requirements(&["RFC7643-7-38", "RFC7644-3.4-02", "RFC7644-3.9-01"])
    .legal(&["every attribute that has a value and is published as always or default returned, and no other"])
    .on_every_type(CREATING),
    Check::new("projection.request", "What is returned on request comes when asked for and not otherwise", &request)
        .matters("Such attributes are costly to compute; clients that need them have no other way to get them.")
        .requirements(&["RFC7643-7-39", "RFC7644-3.9-14"])
        .legal(&["absent without parameters, present when attributes names it"])
        .on_every_type(CREATING),
    Check::new("projection.schema-document", "A schema document shows its id and its attributes", &schema_document)
        .matters("A generic client finds the schema by its id, and the attributes in it.")
        .requirements(&["RFC7643-7-03"])
        .needs(&[Capability::Schemas])
        .legal(&["200 with id and attributes"])
        .on_every_type(&[]),
    Check::new("projection.create", "attributes shapes the answer to a creation", &create)
        .matters("A client that asked for the id only may have no room for a group with a thousand members.")
        .requirements(&["RFC7644-3.9-16"])
        .legal(&["201 with id, the attribute that was asked for, and what is published as always returned; schemas may be there"])
        .on_every_type(CREATING),
    Check::new(
        "projection.other-operations",
        "attributes shapes the answers to PUT, PATCH and .search",
        &other_operations,
    )
    .matters("Adding one member with attributes=id should not bring back a million others.")
    .requirements(&["RFC7644-3.9-02"])
    .legal(&["200 with id, the attribute that was asked for, and what is published as always returned; schemas may be there"])
    .on_every_type(CREATING),
];

/// The published attributes of the subject, those of its extensions included.
fn published(context: &Context) -> Vec<SchemaNode<'_>> {
    context.kind().map(|kind| node::assumed_attributes(context.discovery(), kind)).unwrap_or_default()
}

/// The paths of the published attributes of the subject with this `returned`.
fn returned(context: &Context, word: &str) -> Vec<String> {
    published(context).iter().filter(|own| own.word("returned") == word).map(SchemaNode::path).collect()
}

/// The paths of those among `names` of which `shown` has more than sub-attributes that are returned always.
fn shown_beyond_minimum<'n>(context: &Context, names: &'n [String], shown: Option<&Value>) -> Vec<&'n String> {
    let Some(shown) = shown else { return names.iter().collect() };
    let published = published(context);
    let is_minimum = |name: &String| published.iter().any(|own| own.path() == *name && own.is_minimum_in(shown));
    names.iter().filter(|name| !is_minimum(name)).collect()
}

/// The paths of the published attributes of the subject that no answer shows.
fn never_shown(context: &Context) -> Vec<String> {
    let is_hidden = |own: &&SchemaNode<'_>| own.word("returned") == "never" || own.word("mutability") == "writeOnly";
    published(context).iter().filter(is_hidden).map(SchemaNode::path).collect()
}

/// A body with a value for every published attribute whose `returned` is one of `words`, besides the usual ones.
fn body_with(context: &Context, words: &[&str]) -> Value {
    let mut body = context.full_body();
    // What refers to another resource needs one that exists.
    let refers = |own: &SchemaNode<'_>| own.word("type") == "reference" || own.refers();
    for own in published(context).iter().filter(|own| own.is_settable() && !refers(own)) {
        if words.contains(&own.word("returned")) && own.values(&body).is_empty() {
            let value = match own.name() {
                "password" => json!("Tr0ub4dor&3-weir"),
                _ => context.data().value(own.attribute),
            };
            own.put(&mut body, if own.flag("multiValued") { json!([value]) } else { value });
        }
    }
    body
}

/// The attributes that `shown` has, that an answer leaves out when it is asked to, and that do not name the resource: those with
/// several values first.
fn optional_names(context: &Context, shown: &Value) -> Vec<String> {
    let naming = context.naming().map(|own| own.path()).unwrap_or_default();
    let mut all: Vec<SchemaNode<'_>> = published(context)
        .into_iter()
        .filter(|own| !own.extension && own.word("returned") == "default" && own.path() != naming)
        .filter(|own| own.parts().all(|part| part.word("returned") != "always"))
        .filter(|own| own.values(shown).first().is_some_and(|value| !is_unassigned(value)))
        .collect();
    all.sort_by_key(|own| (own.word("type") != "complex", !own.flag("multiValued")));
    all.iter().map(SchemaNode::path).collect()
}

/// Whether a value says that there is none (RFC 7643 section 2.5).
fn is_unassigned(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// The attributes of a resource that a projection to `wanted` should not show.
pub(super) fn extras(context: &Context, resource: &Value, wanted: &[&str]) -> Vec<String> {
    let minimum: Vec<String> = published(context)
        .iter()
        .filter(|own| own.word("returned") == "always" || own.is_minimum_in(resource))
        .map(SchemaNode::path)
        .collect();
    let fits = |path: &str| {
        let minimum = minimum.iter().map(String::as_str);
        ["id", "schemas"]
            .into_iter()
            .chain(wanted.iter().copied())
            .chain(minimum)
            .any(|allowed| allowed.eq_ignore_ascii_case(path))
    };
    let mut found = Vec::new();
    for (name, value) in resource.as_object().into_iter().flatten().filter(|(_, value)| !is_unassigned(value)) {
        match value.as_object().filter(|_| name.contains(':')) {
            Some(extension) => found.extend(extension.keys().map(|inner| format!("{name}:{inner}"))),
            None => found.push(name.clone()),
        }
    }
    found.retain(|path| !fits(path));
    found
}

/// Judges a resource that was asked for with `attributes=wanted`: those are there, `id` is, and nothing else.
fn judge(
    context: &Context,
    answer: &Arc<Exchange>,
    resource: &Value,
    wanted: &[&str],
    requirements: [&'static [&'static str]; 3],
) {
    let [included, minimum, replaced] = requirements;
    for name in wanted {
        context.expect(answer).under(included).that(
            at(resource, name).is_some(),
            &format!("{name} was asked for and is missing"),
            "nothing",
        );
    }
    context.expect(answer).under(minimum).that(at(resource, "id").is_some(), "id is missing", "nothing");
    let extras = extras(context, resource, wanted);
    context.expect(answer).under(replaced).that(
        extras.is_empty(),
        "the answer has attributes that were not asked for",
        extras.join(", "),
    );
}

/// The request with a filter that finds the resource, or as it is if the endpoint does not filter.
fn only(context: &Context, request: Request, resource: &Resource) -> Result<Request, Stop> {
    if context.may(ResourceOperation::Filter) {
        return Ok(request.query("filter", &context.filter_by_name(&context.sent(resource))?));
    }
    Ok(request)
}

fn elements(answer: &Exchange) -> Vec<&Value> {
    answer.at("Resources").and_then(Value::as_array).into_iter().flatten().collect()
}

async fn attributes(context: &Context) -> CheckResult {
    let name = context.naming()?.path();
    let resource = context.whole_resource().await?;
    let answer = context.send(resource.request(Method::GET).query("attributes", &name)).await?;
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    if let (200, Ok(found)) = (answer.status, answer.json()) {
        judge(
            context,
            &answer,
            found,
            &[&name],
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
    let name = context.naming()?.path();
    let resource = context.whole_resource().await?;
    let request = only(context, Request::get(context.collection()).query("attributes", &name), &resource)?;
    let answer = context.send(request).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    let all = elements(&answer);
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).that(!all.is_empty(), "the list is empty", "no element");
    for element in all {
        let requirements: &'static [&'static str] = &["RFC7644-3.4.2.5-02"];
        judge(context, &answer, element, &[&name], [requirements, requirements, requirements]);
    }
    Ok(())
}

async fn excluded(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let resource = context.whole_resource().await?;
    let whole = context.read(&resource).await?;
    let mut named = optional_names(context, whole.json().unwrap_or(&Value::Null));
    named.truncate(2);
    named.extend(["meta".to_owned(), naming.clone()]);
    let answer = context.send(resource.request(Method::GET).query("excludedAttributes", &named.join(","))).await?;
    let always = returned(context, "always");
    context.expect(&answer).after(&whole).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    if answer.status != 200 {
        return Ok(());
    }
    for name in named.iter().filter(|name| !always.contains(name)) {
        let requirements: &'static [&'static str] = if name == "meta" {
            &["RFC7643-3.1-24", "RFC7643-7-38", "RFC7644-3.4.2.5-07"]
        } else if *name == naming {
            &["RFC7643-7-38", "RFC7644-3.4.2.5-07", "RFC7644-3.9-08"]
        } else {
            &["RFC7643-7-38", "RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07"]
        };
        context.expect(&answer).after(&whole).under(requirements).lacks(name);
    }
    let mut rest = whole.json().cloned().unwrap_or_default();
    if let Some(members) = rest.as_object_mut() {
        members.retain(|name, _| name != "schemas" && !named.iter().any(|other| other.eq_ignore_ascii_case(name)));
    }
    context.expect(&answer).after(&whole).under(&["RFC7643-7-38", "RFC7644-3.4.2.5-07"]).holds(&rest);
    Ok(())
}

async fn excluded_in_lists(context: &Context) -> CheckResult {
    let naming = context.naming()?.path();
    let resource = context.whole_resource().await?;
    let whole = context.read(&resource).await?;
    let mut named = optional_names(context, whole.json().unwrap_or(&Value::Null));
    named.truncate(2);
    if named.is_empty() {
        return context.skip("the resource shows no attribute that may be left out, besides its name");
    }
    let request = Request::get(context.collection()).query("excludedAttributes", &named.join(","));
    let answer = context.send(only(context, request, &resource)?).await?;
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).status(&[200]).json();
    let all = elements(&answer);
    context.expect(&answer).under(&["RFC7644-3.4.2.5-01"]).that(!all.is_empty(), "the list is empty", "no element");
    // Without a filter the list holds resources of others, which need not have a name.
    let kept: &[&str] = if context.may(ResourceOperation::Filter) { &["id", &naming] } else { &["id"] };
    for element in all {
        for name in &named {
            context.expect(&answer).under(&["RFC7644-3.4.2.5-01", "RFC7644-3.4.2.5-07"]).that(
                assigned(element, name).is_none(),
                &format!("{name} was excluded and is there"),
                name.as_str(),
            );
        }
        for name in kept {
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
    let naming = context.naming()?.path();
    let resource = context.create(context.collection(), &body_with(context, &["always"])).await?;
    let whole = context.read(&resource).await?;
    let mut names = returned(context, "always");
    names.push("id".into());
    names.retain(|name| whole.at(name).is_some());
    let excluded = format!("{},{naming}", names.join(","));
    let other = context.text(0).map_or(naming, |text| text.path());
    let cases: [(&str, &str, &'static [&'static str]); 2] = [
        ("excludedAttributes", &excluded, &["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.4.2.5-06", "RFC7644-3.9-08"]),
        ("attributes", &other, &["RFC7643-3.1-14", "RFC7643-7-35", "RFC7644-3.9-05"]),
    ];
    for (parameter, value, requirements) in cases {
        let one = context.send(resource.request(Method::GET).query(parameter, value)).await?;
        let list = only(context, Request::get(context.collection()).query(parameter, value), &resource)?;
        let all = context.send(list).await?;
        context.expect(&one).after(&whole).under(requirements).status(&[200]);
        context.expect(&all).after(&whole).under(requirements).status(&[200]);
        for name in &names {
            context.expect(&one).after(&whole).under(requirements).has(name);
            // Without a filter the list holds resources of others, which need not have the attribute.
            let of_all = name == "id" || context.may(ResourceOperation::Filter);
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
    let names = never_shown(context);
    if names.is_empty() {
        return context.skip("the endpoint publishes no attribute of the resource type that is never returned");
    }
    let naming = context.naming()?.path();
    let resource = context.create(context.collection(), &body_with(context, &["never"])).await?;
    let value = format!("{},{naming}", names.join(","));
    let one = context.send(resource.request(Method::GET).query("attributes", &value)).await?;
    let list = only(context, Request::get(context.collection()).query("attributes", &value), &resource)?;
    let all = context.send(list).await?;
    let usual = context.read(&resource).await?;
    let cases: [(&Arc<Exchange>, &'static [&'static str]); 4] = [
        (&one, &["RFC7644-3.9-15", "RFC7643-7-36"]),
        (&all, &["RFC7644-3.9-15", "RFC7643-7-36"]),
        (&usual, &["RFC7643-7-36"]),
        (&resource.exchange, &["RFC7643-7-36"]),
    ];
    for (answer, requirements) in cases {
        for name in &names {
            let whole = answer.json().ok();
            let shown = whole.into_iter().chain(elements(answer)).any(|found| at(found, name).is_some());
            let message = format!("{name} is never returned and is there");
            context.expect(answer).after(&resource.exchange).under(requirements).that(!shown, &message, name.as_str());
        }
    }
    Ok(())
}

async fn default_set(context: &Context) -> CheckResult {
    let body = body_with(context, &["request", "never", "always"]);
    let resource = context.create(context.collection(), &body).await?;
    let read = context.read(&resource).await?;
    let mut hidden = returned(context, "request");
    hidden.extend(never_shown(context));
    for name in shown_beyond_minimum(context, &hidden, read.json().ok()) {
        context.expect(&read).after(&resource.exchange).under(&["RFC7644-3.4-02", "RFC7644-3.9-01"]).lacks(name);
    }
    // externalId is OPTIONAL (RFC 7643 section 3.1): that it does not come back need not be a matter of projection.
    let sent = body.as_object().into_iter().flatten().filter(|(name, _)| *name != "externalId");
    for (name, value) in sent {
        let paths = match value.as_object().filter(|_| name.contains(':')) {
            Some(extension) => extension.keys().map(|inner| format!("{name}:{inner}")).collect(),
            None => vec![name.clone()],
        };
        for path in paths.into_iter().filter(|path| !hidden.contains(path) && !context.loses(path)) {
            let requirements: &'static [&'static str] = &["RFC7643-7-38", "RFC7644-3.4-02", "RFC7644-3.9-01"];
            context.expect(&read).after(&resource.exchange).under(requirements).has(&path);
        }
    }
    for name in ["id", "meta"] {
        context.expect(&read).under(&["RFC7644-3.4-02", "RFC7644-3.9-01"]).has(name);
    }
    Ok(())
}

async fn request(context: &Context) -> CheckResult {
    let body = body_with(context, &["request"]);
    let names: Vec<_> = returned(context, "request").into_iter().filter(|path| at(&body, path).is_some()).collect();
    if names.is_empty() {
        return context.skip("the endpoint publishes no attribute that is returned on request and can be set");
    }
    let resource = context.create(context.collection(), &body).await?;
    let usual = context.read(&resource).await?;
    for name in shown_beyond_minimum(context, &names, usual.json().ok()) {
        context.expect(&usual).after(&resource.exchange).under(&["RFC7643-7-39"]).lacks(name);
    }
    for name in &names {
        let asked = context.send(resource.request(Method::GET).query("attributes", name)).await?;
        let expectation = context.expect(&asked).after(&resource.exchange).under(&["RFC7643-7-39", "RFC7644-3.9-14"]);
        expectation.status(&[200]).has(name);
    }
    Ok(())
}

async fn schema_document(context: &Context) -> CheckResult {
    let schema = context.schema();
    let answer = context.send(Request::get("/Schemas").segment(schema)).await?;
    context.expect(&answer).status(&[200]).json().equals("id", &json!(schema)).has("attributes");
    Ok(())
}

async fn create(context: &Context) -> CheckResult {
    let name = context.naming()?.path();
    let (body, _) = context.whole_body().await?;
    let answer = context.send(Request::post(context.collection()).query("attributes", &name).json(&body)).await?;
    if !answer.is_success() && !context.post(&body).await?.is_success() {
        return context.unable("the same creation is refused without attributes as well");
    }
    context.expect(&answer).status(&[201]).json();
    if let (true, Ok(found)) = (answer.is_success(), answer.json()) {
        let requirements: &'static [&'static str] = &["RFC7644-3.9-16"];
        judge(context, &answer, found, &[&name], [requirements, requirements, requirements]);
    }
    Ok(())
}

async fn other_operations(context: &Context) -> CheckResult {
    let name = context.naming()?.path();
    let resource = context.whole_resource().await?;
    let requirements: &'static [&'static str] = &["RFC7644-3.9-02"];
    let mut answers = Vec::new();
    if context.may(ResourceOperation::Replace) {
        let request = resource.request(Method::PUT).query("attributes", &name).json(&context.sent(&resource));
        answers.push(sent(context, request).await?);
    }
    if context.may(ResourceOperation::Patch)
        && let Ok(text) = context.text(0)
    {
        let change = context.patch_of_text(&text);
        let request = resource.request(Method::PATCH).query("attributes", &name).json(&change);
        answers.push(sent(context, request).await?);
    }
    for answer in answers {
        if let (200, Ok(found)) = (answer.status, answer.json()) {
            judge(context, &answer, found, &[&name], [requirements, requirements, requirements]);
        }
    }
    if context.discovery().offers(Capability::Search) {
        let mut search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "attributes": [name],
        });
        if context.may(ResourceOperation::Filter) {
            search["filter"] = json!(context.filter_by_name(&context.sent(&resource))?);
        }
        let path = format!("{}/.search", context.collection());
        let answer = sent(context, Request::post(&path).json(&search)).await?;
        for element in elements(&answer) {
            judge(context, &answer, element, &[&name], [requirements, requirements, requirements]);
        }
    }
    Ok(())
}

async fn sent(context: &Context, request: Request) -> Result<Arc<Exchange>, Stop> {
    let answer = context.send(request).await?;
    context.expect(&answer).status(&[200]);
    Ok(answer)
}
