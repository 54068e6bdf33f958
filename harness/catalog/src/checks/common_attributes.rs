//! The attributes that every resource has (RFC 7643 section 3): `schemas`, `id`, `externalId`, and in its own file `meta`.

pub(super) mod meta;

use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::{Value, json};
use url::Url;
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::{CREATING, Check, CheckResult, Context, patch_of};

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "common-attributes.schemas",
        "schemas names the base schema and only distinct URIs, in every representation",
        &schemas,
    )
    .matters(
        "Clients choose the parser of a resource by schemas; without the base schema they reject the whole answer.",
    )
    .requirements(&[
        "RFC7643-2.1-02",
        "RFC7643-3-04",
        "RFC7643-3-07",
        "RFC7643-3.3-02",
        "RFC7643-3.3-03",
        "RFC7644-3.1-02",
    ])
    .legal(&["a non-empty array of different URIs, the resource type's schema among them"])
    .on_every_type(CREATING),
    Check::new("common-attributes.schemas-repeated", "A URI that was sent twice comes back once", &schemas_repeated)
        .matters("A schema that is listed twice is processed twice by clients that walk through schemas.")
        .requirements(&["RFC7643-3-07"])
        .legal(&["201 with each URI once", "400"])
        .on_every_type(CREATING),
    Check::new(
        "common-attributes.extension-announced",
        "A resource with data of an extension lists the extension in schemas",
        &extension_announced,
    )
    .matters("A client that trusts schemas never sees the department that stands in an unannounced extension.")
    .requirements(&["RFC7643-3.3-04", "RFC7643-3.3-10"])
    .legal(&[
        "201, and schemas lists the extension whenever its data is shown",
        "400 for data of an extension that the body's schemas do not list",
    ])
    .on_every_type(CREATING),
    Check::new(
        "common-attributes.extension-without-data",
        "An extension may be announced without data",
        &extension_without_data,
    )
    .matters("Provisioners send the same schemas for everybody, also for people without a department.")
    .requirements(&["RFC7643-3.3-01"])
    .legal(&["201"])
    .on_every_type(CREATING),
    Check::new(
        "common-attributes.id",
        "Every resource has a non-empty id that the endpoint gave, in answers and in lists",
        &id,
    )
    .matters("The id is all that a provisioner keeps; what comes without one can never be changed or deleted.")
    .requirements(&["RFC7643-3-09", "RFC7643-3.1-01", "RFC7643-3.1-02", "RFC7643-3.1-06", "RFC7643-3.1-11"])
    .legal(&["id is a non-empty string without the text bulkId, and meta is there, on resources of every type"])
    .on_every_type(CREATING),
    Check::new("common-attributes.id-stable", "A resource keeps its id through reading, PUT and PATCH", &id_stable)
        .matters("A changed id turns the provisioner's next update into a 404 and its next sync into a second account.")
        .requirements(&["RFC7643-3.1-06", "RFC7643-3.1-08"])
        .legal(&["the same id in every answer"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace]),
    Check::new(
        "common-attributes.id-unique",
        "No two resources ever have the same id, not even one that took a deleted one's name",
        &id_unique,
    )
    .matters("A reused id gives the new hire the entitlements that other systems still hold for the old one.")
    .requirements(&["RFC7643-3.1-07", "RFC7643-3.1-08"])
    .legal(&["different ids for resources of all types, and a new id for a resource that is created again"])
    .on_every_type(&[ResourceOperation::Create, ResourceOperation::Delete]),
    Check::new("common-attributes.id-read-only", "A client cannot choose or change an id", &id_read_only)
        .matters("An endpoint that takes the client's id lets one client overwrite or guess another's resources.")
        .requirements(&["RFC7643-3.1-10", "RFC7643-3.1-13"])
        .legal(&["POST: 201 with an id of the endpoint's", "PATCH: 400 mutability; the id stays"])
        .on_every_type(CREATING),
    Check::new(
        "common-attributes.external-id",
        "externalId belongs to the client: nothing is invented, and what was sent comes back",
        &external_id,
    )
    .matters(
        "Okta and Entra correlate accounts by externalId; a value that the endpoint made up links the wrong people.",
    )
    .requirements(&["RFC7643-3.1-16", "RFC7643-3.1-15", "RFC7643-7-24"])
    .legal(&["no externalId where none was sent, and where one was, the same text or none (noted)"])
    .on_every_type(CREATING),
    Check::new(
        "common-attributes.external-id-twice",
        "Two resources of one type may have the same externalId",
        &external_id_twice,
    )
    .matters(
        "Two provisioners number their people from 1 each; the second cannot create anybody if the endpoint objects.",
    )
    .requirements(&["RFC7643-3.1-18"])
    .legal(&["201", "409 uniqueness, from endpoints that correlate by it"])
    .on_every_type(CREATING),
    Check::new(
        "common-attributes.core-at-top",
        "Core attributes stand at the top of the resource, beside the common ones",
        &core_at_top,
    )
    .matters("No client looks for core attributes below a URN; it takes the resource for empty.")
    .requirements(&["RFC7643-3-10"])
    .legal(&["the core attributes are members of the resource, and no member is named by the core schema's URI"])
    .on_every_type(CREATING),
    Check::new("common-attributes.references", "Every reference is a URI", &references)
        .matters("Clients follow $ref and meta.location; a text that is not a URI ends the walk with an exception.")
        .requirements(&["RFC7643-2.3.7-01", "RFC7644-1.2-01"])
        .legal(&["meta.location, Location and every $ref are absolute or relative URI references"])
        .on_every_type(CREATING),
];

/// The URIs in `schemas`, as far as they are strings.
fn uris(exchange: &Exchange) -> Vec<&str> {
    exchange.at("schemas").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".into(), Value::to_string)
}

async fn schemas(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    for answer in [&resource.exchange, &read] {
        judge_schemas(context, answer);
    }
    Ok(())
}

fn judge_schemas(context: &Context, answer: &Arc<Exchange>) {
    let schema = context.schema();
    let value = answer.at("schemas");
    let whole = value.and_then(Value::as_array).filter(|all| !all.is_empty() && all.iter().all(Value::is_string));
    context.expect(answer).under(&["RFC7643-2.1-02", "RFC7643-3.3-02", "RFC7644-3.1-02"]).that(
        whole.is_some(),
        "schemas is not a non-empty array of strings",
        shown(value),
    );
    if whole.is_none() {
        return;
    }
    let uris = uris(answer);
    context.expect(answer).under(&["RFC7643-3.3-03"]).that(
        uris.contains(&schema),
        &format!("schemas does not list {schema}"),
        shown(value),
    );
    let different: BTreeSet<_> = uris.iter().map(|uri| uri.to_ascii_lowercase()).collect();
    context.expect(answer).under(&["RFC7643-3-04", "RFC7643-3-07"]).that(
        different.len() == uris.len(),
        "schemas lists a URI twice",
        shown(value),
    );
    context.expect(answer).under(&["RFC7643-3-04"]).that(
        uris.iter().all(|uri| Url::parse(uri).is_ok()),
        "schemas holds a text that is not a URI",
        shown(value),
    );
}

async fn schemas_repeated(context: &Context) -> CheckResult {
    let (schema, mut body) = (context.schema(), context.body());
    if let Some(schemas) = body["schemas"].as_array_mut() {
        schemas.push(json!(schema));
    }
    let answer = context.post(&body).await?;
    if answer.status == 400 {
        return Ok(());
    }
    context.expect(&answer).status(&[201, 400]);
    let mut exchanges = vec![Arc::clone(&answer)];
    if let Some(id) = answer.text("id").filter(|_| answer.is_success()) {
        exchanges.push(context.send(Request::get(context.collection()).segment(id)).await?);
    }
    for exchange in exchanges {
        let uris = uris(&exchange);
        let once = uris.iter().filter(|uri| uri.eq_ignore_ascii_case(schema)).count() < 2;
        context.expect(&exchange).that(once, "schemas lists the URI twice", uris.join(", "));
    }
    Ok(())
}

async fn extension_announced(context: &Context) -> CheckResult {
    let texts = context.extension_texts();
    let Some(text) = texts.first() else {
        return context.skip("no extension of the resource type has a text that a client may set");
    };
    let (uri, path) = (text.schema, text.path());
    let resource = context.resource_with(text, json!(context.data().name())).await?;
    let read = context.read(&resource).await?;
    for answer in [&resource.exchange, &read] {
        judge_announcement(context, answer, uri, &path);
    }
    let mut unannounced = context.body();
    text.put(&mut unannounced, json!(context.data().name()));
    if let Some(schemas) = unannounced["schemas"].as_array_mut() {
        schemas.retain(|other| other != uri);
    }
    let answer = context.post(&unannounced).await?;
    context.expect(&answer).under(&["RFC7643-3.3-10"]).status(&[201, 400]);
    if answer.is_success() {
        judge_announcement(context, &answer, uri, &path);
    }
    Ok(())
}

fn judge_announcement(context: &Context, answer: &Arc<Exchange>, uri: &str, path: &str) {
    let announced = uris(answer).iter().any(|other| other.eq_ignore_ascii_case(uri));
    context.expect(answer).under(&["RFC7643-3.3-10"]).that(
        announced || answer.at(path).is_none(),
        &format!("{path} has a value, and schemas does not list its extension"),
        shown(answer.at("schemas")),
    );
}

async fn extension_without_data(context: &Context) -> CheckResult {
    let mut body = context.body();
    let needs_data = |uri: &str| {
        let attributes = context.data().attributes(uri).unwrap_or_default();
        attributes.iter().any(|own| crate::definition::flag(own, "required"))
    };
    let kind = context.needs_kind()?;
    let Some(uri) = kind.extensions.iter().find(|uri| at(&body, uri).is_none() && !needs_data(uri)) else {
        return context.skip("the resource type has no extension without required data");
    };
    if let Some(schemas) = body["schemas"].as_array_mut() {
        schemas.push(json!(uri));
    }
    let answer = context.post(&body).await?;
    context.expect(&answer).status(&[201]);
    Ok(())
}

async fn id(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    let list = context.send(Request::get(context.collection()).query("count", "5")).await?;
    for answer in [&resource.exchange, &read] {
        judge_id(context, answer, answer.json().unwrap_or(&Value::Null));
        context.expect(answer).under(&["RFC7643-3.1-01", "RFC7643-3-09"]).that(
            answer.at("meta").is_some_and(Value::is_object),
            "the resource has no meta",
            shown(answer.at("meta")),
        );
    }
    for resource in list.at("Resources").and_then(Value::as_array).into_iter().flatten() {
        judge_id(context, &list, resource);
    }
    Ok(())
}

fn judge_id(context: &Context, exchange: &Arc<Exchange>, resource: &Value) {
    let id = at(resource, "id");
    let text = id.and_then(Value::as_str).filter(|id| !id.is_empty());
    context.expect(exchange).under(&["RFC7643-3.1-02", "RFC7643-3.1-06"]).that(
        text.is_some(),
        "id is not a non-empty string",
        shown(id),
    );
    context.expect(exchange).under(&["RFC7643-3.1-11"]).that(
        !text.is_some_and(|id| id.contains("bulkId")),
        "the id contains the reserved text bulkId",
        shown(id),
    );
}

async fn id_stable(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let judge = |answer: &Arc<Exchange>| {
        if answer.status == 200 {
            context.expect(answer).after(&resource.exchange).equals("id", &json!(resource.id));
        }
    };
    for _ in 0..2 {
        judge(&context.read(&resource).await?);
    }
    let text = context.text(0)?;
    let mut body = context.with_new_text(&resource, &text);
    // Some endpoints take the client's id for their own.
    body["externalId"] = json!(context.data().name());
    judge(&context.replace(&resource, &body).await?);
    if context.may(ResourceOperation::Patch) {
        let change = context.patch_of_text(&text);
        judge(&context.send(resource.request(Method::PATCH).json(&change)).await?);
    }
    let last = context.send(resource.request(Method::GET)).await?;
    let expectation = context.expect(&last).after(&resource.exchange).under(&["RFC7643-3.1-08"]);
    expectation.status(&[200]).equals("id", &json!(resource.id));
    Ok(())
}

async fn id_unique(context: &Context) -> CheckResult {
    let body = context.body();
    let first = context.create(context.collection(), &body).await?;
    let mut seen = BTreeSet::from([first.id.clone()]);
    for kind in context.discovery().subjects() {
        let answer = context.send(Request::post(&kind.endpoint).json(&context.data().resource(kind))).await?;
        if let Some(id) = answer.text("id").filter(|_| answer.is_success()) {
            let is_new = seen.insert(id.to_owned());
            let expectation = context.expect(&answer).after(&first.exchange).under(&["RFC7643-3.1-07"]);
            expectation.that(is_new, "a resource has the id of another one", id);
        }
    }
    context.delete(&first).await?;
    let again = context.post(&body).await?;
    if let Some(id) = again.text("id").filter(|_| again.is_success()) {
        context.expect(&again).after(&first.exchange).under(&["RFC7643-3.1-08"]).that(
            id != first.id,
            "the resource that was created again has the id of the deleted one",
            id,
        );
    }
    Ok(())
}

async fn id_read_only(context: &Context) -> CheckResult {
    let mut body = context.body();
    let wanted = context.data().uuid();
    body["id"] = json!(wanted);
    let answer = context.post(&body).await?;
    context.expect(&answer).under(&["RFC7643-3.1-10"]).status(&[201]).that(
        answer.text("id") != Some(wanted.as_str()),
        "the client's id was taken",
        wanted.as_str(),
    );
    if !context.may(ResourceOperation::Patch) {
        return Ok(());
    }
    let resource = context.resource().await?;
    let change = patch_of(&json!([{"op": "replace", "path": "id", "value": wanted}]));
    let patched = context.send(resource.request(Method::PATCH).json(&change)).await?;
    context.expect(&patched).after(&resource.exchange).under(&["RFC7643-3.1-13"]).refused(&[400], &["mutability"]);
    let read = context.read(&resource).await?;
    context.expect(&read).after(&patched).under(&["RFC7643-3.1-13"]).equals("id", &json!(resource.id));
    Ok(())
}

async fn external_id(context: &Context) -> CheckResult {
    let without = context.resource().await?;
    let read = context.read(&without).await?;
    // A template, or a schema that requires it, puts it into every body.
    if at(&context.sent(&without), "externalId").is_none() {
        for answer in [&without.exchange, &read] {
            context.expect(answer).under(&["RFC7643-3.1-16"]).lacks("externalId");
        }
    }
    let mut body = context.body();
    // Letters in both cases: externalId is case-exact (RFC 7643 section 3.1).
    body["externalId"] = json!(format!("{}-Aa", context.data().name()));
    let with = context.create(context.collection(), &body).await?;
    let read = context.read(&with).await?;
    let is_kept = read.at("externalId").is_some_and(|value| !value.is_null());
    let requirements: &'static [&'static str] = if is_kept { &["RFC7643-7-24"] } else { &["RFC7643-3.1-15"] };
    context.expect(&read).after(&with.exchange).under(requirements).equals("externalId", &body["externalId"]);
    Ok(())
}

async fn external_id_twice(context: &Context) -> CheckResult {
    let (mut first, mut second) = (context.body(), context.body());
    let number = json!(context.data().name());
    (first["externalId"], second["externalId"]) = (number.clone(), number);
    let created = context.create(context.collection(), &first).await?;
    let answer = context.post(&second).await?;
    context.expect(&answer).after(&created.exchange).status(&[201]);
    Ok(())
}

async fn core_at_top(context: &Context) -> CheckResult {
    let (naming, schema) = (context.naming()?, context.schema());
    let resource = context.create(context.collection(), &context.full_body()).await?;
    let read = context.read(&resource).await?;
    for answer in [&resource.exchange, &read] {
        context.expect(answer).has(naming.name()).that(
            answer
                .json()
                .ok()
                .and_then(Value::as_object)
                .is_none_or(|members| members.keys().all(|name| !name.eq_ignore_ascii_case(schema))),
            "core attributes stand below the core schema's URI",
            schema,
        );
    }
    Ok(())
}

async fn references(context: &Context) -> CheckResult {
    let (body, referred) = context.whole_body().await?;
    let resource = context.create(context.collection(), &body).await?;
    let mut answers = vec![Arc::clone(&resource.exchange), context.read(&resource).await?];
    if let Some(user) = referred {
        answers.extend([Arc::clone(&user.exchange), context.read(&user).await?]);
    }
    for answer in answers {
        let mut found: Vec<_> =
            answer.at("meta.location").map(|location| ("meta.location", location)).into_iter().collect();
        collect_references(answer.json().unwrap_or(&Value::Null), &mut found);
        for (name, value) in found {
            context.expect(&answer).under(&["RFC7643-2.3.7-01", "RFC7644-1.2-01"]).that(
                value.as_str().is_some_and(is_reference),
                &format!("{name} is not a URI"),
                value.to_string(),
            );
        }
        if let Some(location) = answer.header("location") {
            context.expect(&answer).under(&["RFC7644-1.2-01"]).that(
                is_reference(location),
                "the Location header is not a URI",
                location,
            );
        }
    }
    Ok(())
}

fn collect_references<'v>(value: &'v Value, found: &mut Vec<(&'v str, &'v Value)>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, found)),
        Value::Object(members) => {
            for (name, value) in members {
                if name.eq_ignore_ascii_case("$ref") && !value.is_null() {
                    found.push((name, value));
                } else {
                    collect_references(value, found);
                }
            }
        }
        _ => {}
    }
}

/// Whether a text is an absolute or relative URI reference by the characters that RFC 3986 allows.
fn is_reference(text: &str) -> bool {
    let base = Url::parse("https://example.com/").ok();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    !text.is_empty() && text.chars().all(allowed) && Url::options().base_url(base.as_ref()).parse(text).is_ok()
}
