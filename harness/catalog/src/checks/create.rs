//! Creating resources (RFC 7644 section 3.3): what is accepted, and what the answer says. What is refused has its own file.

pub(super) mod refusals;
pub(super) mod unpublished;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use scim::noun::with_article;
use serde_json::{Value, json};
use weir_exchange::difference::{at, differences};
use weir_exchange::{Exchange, Request};

use crate::check::cohort::resource_count;
use crate::check::{CREATING, Check, CheckResult, Context};
use crate::node::SchemaNode;

pub(super) const CHECKS: &[Check] = &[
    Check::new("create.resource", "A resource is created, and the answer shows it as sent", &resource)
        .matters("Provisioners keep the id from this answer; without it every later change is lost.")
        .requirements(&["RFC7644-3.2-06", "RFC7644-3.3-07", "RFC7644-3.3-08", "RFC7643-3.1-06"])
        .legal(&["201 with the new resource: schemas, id, meta, and the values that were sent"])
        .on_every_type(CREATING)
        .formerly(&[("create.user", "User")]),
    Check::new("create.location", "A creation is answered with the URI of the new resource, in header and body", &location)
        .matters("Clients that follow Location for the first update go wrong, or fail on its absence.")
        .requirements(&["RFC7644-3.3-09", "RFC7644-3.3-10"])
        .legal(&["a Location header at which GET answers 200, and a meta.location that is the same URI"]),
    Check::new("create.group", "A group is created with a member", &group)
        .matters("A provisioner that creates a group together with its members does not send them again.")
        .requirements(&["RFC7644-3.3-07", "RFC7644-3.3-09", "RFC7644-3.3-18", "RFC7643-3.1-06"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups])
        .legal(&["201 with a Location header; a later GET lists the member"]),
    Check::new("create.bare", "What is not marked as required may be left out", &bare)
        .matters("A provisioner sends what its directory has; an endpoint with secret requirements fails for some people only.")
        .requirements(&["RFC7643-1.1-01", "RFC7643-3.1-21", "RFC7644-3.3-03"])
        .legal(&["201 for a resource with schemas, userName for a user, and what /Schemas marks as required"])
        .on_every_type(CREATING),
    Check::new("create.name-case", "Attribute names are read without regard to letter case", &name_case)
        .matters("Clients written by hand send username; an endpoint that ignores it reports a missing userName.")
        .requirements(&["RFC7643-2.1-01"])
        .legal(&["201, and the attribute that names the resource has the value sent under its name in capital letters"])
        .on_every_type(CREATING),
    Check::new("create.member-order", "Neither the order of a body's members nor the order in schemas matters", &member_order)
        .matters("JSON libraries order members as they like, so the same client fails after an update of its library.")
        .requirements(&["RFC7643-2.3.8-02", "RFC7643-3-08"])
        .legal(&["201 with schemas at the end of the body, and with an extension's URI before the base schema's"])
        .on_every_type(CREATING),
    Check::new("create.read-only-ignored", "Values for read-only attributes are ignored", &read_only_ignored)
        .matters("Some clients send back what they read elsewhere; taking their groups would grant memberships to themselves.")
        .requirements(&["RFC7644-3.3-02"])
        .legal(&[
            "201 with values of the endpoint's own, or none, for id, meta and every attribute published as readOnly",
        ])
        .on_every_type(CREATING),
    Check::new("create.answer-is-the-state", "The answer to a creation shows what is stored", &answer_is_the_state)
        .matters("A provisioner compares the answer with what it sent and repeats the update for ever if the two drift apart.")
        .requirements(&["RFC7644-3.1-09", "RFC7644-3.3-04", "RFC7644-3.3-11"])
        .legal(&["201 with the same representation as a GET that follows, defaults included"])
        .on_every_type(CREATING),
    Check::new("create.found-at-once", "A new resource is found at once, by its location and by its name", &found_at_once)
        .matters("A provisioner that looks again and finds nothing creates the account a second time.")
        .requirements(&["RFC7644-3.3-19"])
        .legal(&["200 for GET, and a filter by its name lists the resource"])
        .on_every_type(CREATING),
    Check::new("create.null-is-unassigned", "null and an empty array say that an attribute has no value", &null_is_unassigned)
        .matters("Clients clear attributes this way; an endpoint that refuses it blocks everybody with an empty field.")
        .requirements(&["RFC7644-3.3-06"])
        .legal(&["201, and a later GET shows no value"])
        .on_every_type(CREATING),
    Check::new("create.unknown-attribute", "An attribute that no schema defines is left out, or refused", &unknown_attribute)
        .matters("Provisioners with a fixed mapping send attributes that an endpoint may not know.")
        .requirements(&["RFC7644-3.3-16", "RFC7643-3-12"])
        .legal(&["201 without the attribute", "400 invalidSyntax or invalidValue"])
        .on_every_type(CREATING),
    Check::new("create.extension-attribute-at-top", "An extension's attributes are not core attributes", &extension_attribute_at_top)
        .matters("A department at the top of the resource is invisible to every client that reads it below the URN.")
        .requirements(&["RFC7643-3.3-08", "RFC7644-3.3-16"])
        .legal(&[
            "the attribute is shown below the extension's URI only; sent at the top it is ignored or refused with 400",
        ])
        .on_every_type(CREATING),
    Check::new("create.primary-once", "At most one value of an attribute is the primary one", &primary_once)
        .matters("With two primary addresses each consumer mails to another one.")
        .requirements(&["RFC7643-2.4-05", "RFC7643-2.4-06", "RFC7643-2.4-01"])
        .legal(&[
            "201 for several values of which none or one is primary",
            "400 invalidValue for two primary values",
            "201, and at most one is primary when read",
        ])
        .on_every_type(CREATING),
    Check::new("create.core-urn", "Core attributes below the core schema's URI do no harm", &core_urn)
        .matters("A few clients qualify every attribute; an endpoint that stores the URN as an attribute shows it to all others.")
        .requirements(&["RFC7643-3-10"])
        .legal(&["201 with the attribute at the top or without it", "400"])
        .on_every_type(CREATING),
];

fn id_of(exchange: &Exchange) -> Option<&str> {
    exchange.text("id").filter(|id| !id.is_empty())
}

async fn resource(context: &Context) -> CheckResult {
    let body = context.body();
    let answer = context.post(&body).await?;
    context.expect(&answer).under(&["RFC7644-3.2-06", "RFC7644-3.3-07"]).status(&[201]);
    if !answer.is_success() {
        return Ok(());
    }
    context.expect(&answer).under(&["RFC7644-3.3-08"]).json().holds(&context.shown(&body)).has("schemas").has("meta");
    context.expect(&answer).under(&["RFC7643-3.1-06"]).that(id_of(&answer).is_some(), "there is no id", "no id");
    Ok(())
}

async fn location(context: &Context) -> CheckResult {
    for (kind, resource) in context.one_of_each().await? {
        let answer = &resource.exchange;
        context.expect(answer).under(&["RFC7644-3.3-09"]).header("location");
        let url = answer.header("location").and_then(|location| answer.url.join(location).ok());
        let stated = answer.text("meta.location").and_then(|stated| answer.url.join(stated).ok());
        context.expect(answer).under(&["RFC7644-3.3-10"]).that(
            stated.is_some() && (url.is_none() || stated == url),
            &format!("meta.location of {} is not the URI of the Location header", with_article(&kind.name)),
            format!(
                "meta.location {}, Location {}",
                answer.text("meta.location").unwrap_or("missing"),
                answer.header("location").unwrap_or("missing")
            ),
        );
        let Some(url) = url else { continue };
        if let Some(found) = context.follow(answer, "Location", url).await? {
            context
                .expect(&found)
                .after(answer)
                .under(&["RFC7644-3.3-09"])
                .status(&[200])
                .equals("id", &json!(resource.id));
        }
    }
    Ok(())
}

async fn group(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let user = context.user().await?;
    let mut body = context.data().group();
    body["members"] = json!([context.member(&user)]);
    let answer = context.send(Request::post("/Groups").json(&body)).await?;
    context.expect(&answer).under(&["RFC7644-3.3-07"]).status(&[201]);
    if !answer.is_success() {
        return Ok(());
    }
    context.expect(&answer).under(&["RFC7644-3.3-09"]).header("location");
    let Some(id) = id_of(&answer) else {
        context.expect(&answer).under(&["RFC7643-3.1-06"]).has("id");
        return Ok(());
    };
    let read = context.send(Request::get("/Groups").segment(id)).await?;
    context
        .expect(&read)
        .after(&answer)
        .under(&["RFC7644-3.3-18"])
        .status(&[200])
        .json()
        .equals("displayName", &body["displayName"]);
    // An endpoint that was seen to leave members out is judged by groups.created-with-members.
    if !context.abilities().drops("/Groups", "members") {
        context.expect(&read).after(&answer).under(&["RFC7644-3.3-18"]).equals("members[0].value", &json!(user.id));
    }
    Ok(())
}

async fn bare(context: &Context) -> CheckResult {
    let answer = context.post(&context.bare_body()).await?;
    context.expect(&answer).under(&["RFC7643-1.1-01", "RFC7643-3.1-21", "RFC7644-3.3-03"]).status(&[201]);
    Ok(())
}

async fn name_case(context: &Context) -> CheckResult {
    let body = context.body();
    let naming = context.naming()?;
    let mut changed = body.clone();
    if let Some(members) = changed.as_object_mut() {
        for name in [naming.name(), "schemas"] {
            let value = members.remove(name).unwrap_or_default();
            members.insert(name.to_ascii_uppercase(), value);
        }
        if let Some(Value::Object(name)) = members.remove("name") {
            let parts = name.into_iter().map(|(part, value)| (part.to_ascii_uppercase(), value)).collect();
            members.insert("NAME".into(), Value::Object(parts));
        }
    }
    let answer = context.post(&changed).await?;
    context.expect(&answer).status(&[201]);
    if answer.is_success() {
        context.expect(&answer).equals(naming.name(), &body[naming.name()]);
        if let Some(name) = context.shown(&body).get("name") {
            context.expect(&answer).holds(&json!({"name": name}));
        }
    }
    Ok(())
}

async fn member_order(context: &Context) -> CheckResult {
    let mut body = context.body();
    if let Some(members) = body.as_object_mut() {
        let mut turned: Vec<_> = std::mem::take(members).into_iter().collect();
        turned.reverse();
        members.extend(turned);
    }
    let answer = context.post(&body).await?;
    context.expect(&answer).under(&["RFC7643-2.3.8-02"]).status(&[201]);
    if answer.is_success() {
        context.expect(&answer).under(&["RFC7643-2.3.8-02"]).holds(&without_schemas(&context.shown(&body)));
    }
    let Some((mut body, uri, name)) = context.extended_body() else { return Ok(()) };
    if let Some(schemas) = body["schemas"].as_array_mut() {
        schemas.reverse();
    }
    let answer = context.post(&body).await?;
    context.expect(&answer).under(&["RFC7643-3-08"]).status(&[201]);
    if answer.is_success() {
        context.expect(&answer).under(&["RFC7643-3-08"]).equals(&format!("{uri}:{name}"), &body[&uri][&name]);
    }
    Ok(())
}

/// The body less `schemas`, whose values may come back in another order.
fn without_schemas(body: &Value) -> Value {
    let mut body = body.clone();
    if let Some(members) = body.as_object_mut() {
        members.remove("schemas");
    }
    body
}

async fn read_only_ignored(context: &Context) -> CheckResult {
    let mut body = context.body();
    let id = context.data().uuid();
    let mut invented = json!({"id": id, "meta": {"created": "2001-01-01T00:00:00Z"}});
    for attribute in context.data().attributes(context.schema()).unwrap_or_default() {
        let Some(name) = at(attribute, "name").and_then(Value::as_str) else { continue };
        if at(attribute, "mutability").and_then(Value::as_str) == Some("readOnly") && invented.get(name).is_none() {
            let value = match at(attribute, "type").and_then(Value::as_str) {
                Some("complex") => json!({"value": id, "display": "Administrators"}),
                _ => context.data().value(attribute),
            };
            let several = at(attribute, "multiValued").and_then(Value::as_bool).unwrap_or(false);
            invented[name] = if several { json!([value]) } else { value };
        }
    }
    for (name, value) in invented.as_object().into_iter().flatten() {
        body[name] = value.clone();
    }
    let answer = context.post(&body).await?;
    context.expect(&answer).status(&[201]).json();
    let Some(created) = id_of(&answer).filter(|_| answer.is_success()) else { return Ok(()) };
    let read = context.send(Request::get(context.collection()).segment(created)).await?;
    for exchange in [&answer, &read] {
        for (name, sent) in invented.as_object().into_iter().flatten() {
            let taken = exchange.at(name).is_some_and(|found| differences(sent, found).is_empty());
            context.expect(exchange).that(!taken, &format!("the client's {name} was taken"), sent.to_string());
        }
    }
    Ok(())
}

async fn answer_is_the_state(context: &Context) -> CheckResult {
    let requirements: &'static [&'static str] = &["RFC7644-3.1-09", "RFC7644-3.3-04", "RFC7644-3.3-11"];
    for body in [context.bare_body(), context.full_body()] {
        let user = context.create(context.collection(), &body).await?;
        let read = context.read(&user).await?;
        context.expect(&read).after(&user.exchange).under(requirements).holds(user.body());
        let stored = read.json().unwrap_or(&Value::Null);
        context.expect(&user.exchange).after(&read).under(requirements).holds(stored);
    }
    Ok(())
}

async fn found_at_once(context: &Context) -> CheckResult {
    let user = context.resource().await?;
    let read = context.send(user.request(Method::GET)).await?;
    context.expect(&read).after(&user.exchange).status(&[200]).equals("id", &json!(user.id));
    if let Ok(filter) = context.filter_by_name(user.body())
        && context.may(ResourceOperation::Filter)
    {
        let list = context.look_up(Request::get(context.collection()).query("filter", &filter)).await?;
        context.expect(&list).after(&user.exchange).status(&[200]).json().lists(&[&user.id]);
        return Ok(());
    }
    let list = context.send(Request::get(context.collection())).await?;
    let resources = list.at("Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let whole = list.at("totalResults").and_then(Value::as_u64) == u64::try_from(resources.len()).ok();
    let listed = resources.iter().any(|resource| at(resource, "id").and_then(Value::as_str) == Some(user.id.as_str()));
    context.expect(&list).after(&user.exchange).status(&[200]).that(
        listed || !whole,
        "the whole list does not hold the new resource",
        resource_count(resources.len()),
    );
    Ok(())
}

async fn null_is_unassigned(context: &Context) -> CheckResult {
    let mut unset: Vec<(SchemaNode<'_>, Value)> = Vec::new();
    if let Ok(text) = context.optional_text(0) {
        unset.push((text, Value::Null));
    }
    if let Ok(values) = context.values()
        && !values.flag("required")
    {
        unset.push((values, json!([])));
    }
    if unset.is_empty() {
        return context.skip("every attribute that a client may set is required");
    }
    let mut body = context.body();
    for (own, nothing) in &unset {
        own.put(&mut body, nothing.clone());
    }
    let answer = context.post(&body).await?;
    context.expect(&answer).status(&[201]);
    if let Some(id) = id_of(&answer).filter(|_| answer.is_success()) {
        let read = context.send(Request::get(context.collection()).segment(id)).await?;
        let mut expectation = context.expect(&read).after(&answer).status(&[200]);
        for (own, _) in &unset {
            expectation = expectation.lacks(&own.path());
        }
    }
    Ok(())
}

async fn unknown_attribute(context: &Context) -> CheckResult {
    let mut body = context.body();
    body["weirUnknownAttribute"] = json!({"depth": 1});
    let answer = context.post(&body).await?;
    let harmless = &["RFC7644-3.3-16"];
    if answer.status == 400 {
        context.expect(&answer).under(harmless).refused(&[400], &["invalidSyntax", "invalidValue"]);
        return Ok(());
    }
    let undefined = &["RFC7643-3-12"];
    context.expect(&answer).under(harmless).status(&[201, 400]).under(undefined).lacks("weirUnknownAttribute");
    if let Some(id) = id_of(&answer).filter(|_| answer.is_success()) {
        let read = context.send(Request::get(context.collection()).segment(id)).await?;
        context.expect(&read).after(&answer).under(undefined).lacks("weirUnknownAttribute");
    }
    Ok(())
}

async fn extension_attribute_at_top(context: &Context) -> CheckResult {
    let Some((body, uri, name)) = context.extended_body() else {
        return context.skip("no extension of the resource type has a text that a client may set");
    };
    if context.data().publishes(context.schema(), &name) {
        return context.skip(format!("{name} is a core attribute too"));
    }
    let proper = context.create(context.collection(), &body).await?;
    let read = context.read(&proper).await?;
    let kept_apart = &["RFC7643-3.3-08"];
    context.expect(&read).after(&proper.exchange).under(kept_apart).lacks(&name);
    let mut misplaced = context.body();
    misplaced[&name] = body[&uri][&name].clone();
    let answer = context.post(&misplaced).await?;
    context.expect(&answer).under(&["RFC7644-3.3-16"]).status(&[201, 400]);
    if answer.is_success() {
        context.expect(&answer).under(kept_apart).lacks(&name);
    }
    Ok(())
}

async fn primary_once(context: &Context) -> CheckResult {
    let values = context.values()?;
    if !values.parts().any(|part| part.name() == "primary") {
        return context.skip(format!("{} has no sub-attribute primary", values.path()));
    }
    let cases: [([bool; 2], &[u16], &'static [&'static str]); 3] = [
        ([true, false], &[201], &["RFC7643-2.4-01"]),
        ([false, false], &[201], &["RFC7643-2.4-06", "RFC7643-2.4-01"]),
        ([true, true], &[201, 400], &["RFC7643-2.4-05"]),
    ];
    for (primaries, legal, under) in cases {
        let mut body = context.body();
        let both: Vec<Value> = primaries.iter().map(|primary| context.value_of(&values, *primary)).collect();
        values.put(&mut body, json!(both));
        let answer = context.post(&body).await?;
        context.expect(&answer).under(under).status(legal);
        if answer.status == 400 {
            context.expect(&answer).under(under).refused(&[400], &["invalidValue"]);
        }
        let Some(id) = id_of(&answer).filter(|_| answer.is_success()) else { continue };
        let read = context.send(Request::get(context.collection()).segment(id)).await?;
        let shown = read.at(&values.path()).and_then(Value::as_array).into_iter().flatten();
        let count = shown.filter(|value| at(value, "primary") == Some(&json!(true))).count();
        context.expect(&read).after(&answer).under(&["RFC7643-2.4-05"]).that(
            count <= 1,
            &format!("more than one value of {} is primary", values.path()),
            format!("{count} primary values"),
        );
    }
    Ok(())
}

async fn core_urn(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    if text.extension {
        return context.skip("every text that a client may set is an extension's");
    }
    let schema = context.schema();
    let mut body = context.body();
    body[schema] = json!({text.name(): context.data().name()});
    let answer = context.post(&body).await?;
    context.expect(&answer).status(&[201, 400]);
    if let Some(id) = id_of(&answer).filter(|_| answer.is_success()) {
        let read = context.send(Request::get(context.collection()).segment(id)).await?;
        for exchange in [&answer, &read] {
            let members = exchange.json().ok().and_then(Value::as_object);
            let stays = members.is_some_and(|members| members.keys().any(|name| name.eq_ignore_ascii_case(schema)));
            context.expect(exchange).that(!stays, "the URN is a member of the answer", schema);
        }
    }
    Ok(())
}
