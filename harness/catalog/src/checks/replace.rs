//! Replacing resources (RFC 7644 section 3.5.1): what a PUT does. What it leaves and refuses has its own file.

pub(super) mod limits;

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Exchange;
use weir_exchange::difference::{at, same_state, take};

use crate::check::{Check, CheckResult, Context, REPLACED, Resource, Stop};
use crate::checks::common_attributes::meta::outlast_clock;
use crate::node::SchemaNode;

pub(super) const CHECKS: &[Check] = &[
    Check::new("replace.resource", "A PUT replaces what it gives and answers with the whole resource", &resource)
        .matters("PingFederate and Okta update users this way only.")
        .requirements(&["RFC7643-7-29", "RFC7644-3.2-09", "RFC7644-3.5.1-04", "RFC7644-3.5.1-15", "RFC7644-3.1-09"])
        .legal(&["200 with the resource as changed; a later GET shows the same"])
        .on_every_type(REPLACED)
        .formerly(&[("replace.user", "User")]),
    Check::new("replace.supported", "Resources of every type can be replaced", &supported)
        .matters("PUT is the one way to update that a client may count on everywhere.")
        .requirements(&["RFC7644-3.5-01"])
        .legal(&["200 for a PUT of what created the resource, never 405 or 501"]),
    Check::new("replace.whole-body-back", "What GET shows can be sent back as it is", &whole_body_back)
        .matters("Okta reads, changes one value and writes all of it back, read-only attributes included.")
        .requirements(&["RFC7644-3.1-07", "RFC7644-3.5.1-03"])
        .legal(&["200, and the resource is as before"])
        .on_every_type(REPLACED),
    Check::new("replace.list-as-a-whole", "A list of values is replaced as a whole", &list_as_a_whole)
        .matters("An address that was removed must not go on receiving mail.")
        .requirements(&["RFC7644-3.5.1-04", "RFC7644-3.5.1-16"])
        .legal(&["200; a later GET shows exactly the values given"])
        .on_every_type(REPLACED),
    Check::new("replace.null-clears", "null and an empty array clear an attribute", &null_clears)
        .matters("It is the only way to clear an attribute that works at every endpoint.")
        .requirements(&["RFC7643-2.5-02", "RFC7643-2.5-03", "RFC7644-3.5.1-09"])
        .legal(&["200; a later GET shows no value"])
        .on_every_type(REPLACED),
    Check::new("replace.omitted", "What a PUT leaves out is cleared, and the answer says so", &omitted)
        .matters(
            "Okta clears attributes by leaving them out; an endpoint that keeps them keeps old phone numbers for ever.",
        )
        .requirements(&[
            "RFC7644-3.5.1-05",
            "RFC7644-3.5.1-06",
            "RFC7644-3.5.1-07",
            "RFC7644-3.5.1-15",
            "RFC7644-3.1-09",
        ])
        .legal(&[
            "200, the attribute cleared, kept or given a default, and the answer shows which, as a later GET does",
        ])
        .on_every_type(REPLACED),
    Check::new("replace.extension-cleared", "An extension that is cleared leaves schemas", &extension_cleared)
        .matters("A URN without data sends clients looking for an object that is not there.")
        .requirements(&["RFC7644-3.5.1-22", "RFC7643-3.3-03"])
        .legal(&["200; schemas no longer lists the extension", "200; it still does", "200; the extension is kept"])
        .on_every_type(REPLACED),
    Check::new("replace.meta-advances", "A PUT that changes a resource changes its version", &meta_advances)
        .matters("A client with the old version would overwrite the change unseen.")
        .requirements(&["RFC7644-3.5.1-20"])
        .legal(&["meta.version, where there is one, differs from before, and meta.lastModified is not earlier"])
        .on_every_type(REPLACED),
    Check::new("replace.projected", "attributes and excludedAttributes shape the answer to a PUT", &projected)
        .matters("A provisioner that needs the version only does not want the whole group back.")
        .requirements(&["RFC7644-3.5.1-21"])
        .legal(&["200 with what was asked for; what was not named by the parameter is stored all the same"])
        .on_every_type(REPLACED),
    Check::new(
        "replace.unknown-attribute",
        "Neither a missing id nor an unknown attribute in the body stops a PUT",
        &unknown_attribute,
    )
    .matters("Few clients send the id twice, and many send attributes of products that are not there.")
    .requirements(&["RFC7644-3.5.1-15"])
    .legal(&["200 without the unknown attribute", "400 invalidSyntax or invalidValue for the unknown attribute"])
    .on_every_type(REPLACED),
];

/// Sends a PUT of `body` and expects 200.
async fn put(
    context: &Context,
    user: &Resource,
    body: &Value,
    requirements: &'static [&'static str],
) -> Result<Arc<Exchange>, Stop> {
    let answer = context.send(user.request(Method::PUT).json(body)).await?;
    context.expect(&answer).after(&user.exchange).under(requirements).status(&[200]);
    Ok(answer)
}

async fn resource(context: &Context) -> CheckResult {
    let sent = context.body();
    let user = context.create(context.collection(), &sent).await?;
    let body = context.replacement(&sent);
    let answer = put(context, &user, &body, &["RFC7644-3.2-09", "RFC7644-3.5.1-15"]).await?;
    if !answer.is_success() {
        return Ok(());
    }
    let expected = context.shown(&body);
    if answer.status == 200 {
        let expectation =
            context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.1-15", "RFC7644-3.1-09"]).json();
        expectation.holds(&expected).equals("id", &json!(user.id));
    }
    let read = context.send(user.request(Method::GET)).await?;
    let requirements: &'static [&'static str] = &["RFC7643-7-29", "RFC7644-3.2-09", "RFC7644-3.5.1-04"];
    context.expect(&read).after(&answer).under(requirements).status(&[200]).json().holds(&expected);
    if let (200, Ok(answered)) = (answer.status, answer.json()) {
        context.expect(&read).after(&answer).under(&["RFC7644-3.1-09"]).holds(answered);
    }
    Ok(())
}

async fn supported(context: &Context) -> CheckResult {
    for (_, resource) in context.one_of_each().await? {
        // Whether what GET shows can be sent back is the question of another check.
        let answer = context.send(resource.request(Method::PUT).json(&context.sent(&resource))).await?;
        context.expect(&answer).after(&resource.exchange).status(&[200]);
    }
    Ok(())
}

async fn whole_body_back(context: &Context) -> CheckResult {
    let user = context.create(context.collection(), &context.full_body()).await?;
    if context.collection() == "/Users" && context.discovery().offers(Capability::CreateGroups) {
        // So that a read-only attribute has a value.
        context.group(&[&user]).await?;
    }
    let before = context.read(&user).await?;
    let body = context.sendable(&user, before.json().unwrap_or(&Value::Null));
    let answer = put(context, &user, &body, &["RFC7644-3.1-07", "RFC7644-3.5.1-03"]).await?;
    if answer.is_success() {
        let after = context.read(&user).await?;
        let mut expected = before.json().cloned().unwrap_or_default();
        for path in ["meta.lastModified", "meta.version"] {
            take(&mut expected, path);
        }
        context.expect(&after).after(&answer).under(&["RFC7644-3.1-07"]).holds(&expected);
    }
    Ok(())
}

async fn list_as_a_whole(context: &Context) -> CheckResult {
    let values = context.values()?;
    let (first, second, third) =
        (context.value_of(&values, true), context.value_of(&values, false), context.value_of(&values, false));
    let mut body = context.body();
    values.put(&mut body, json!([first, second]));
    let user = context.create(context.collection(), &body).await?;
    values.put(&mut body, json!([third]));
    let answer = put(context, &user, &body, &["RFC7644-3.5.1-04"]).await?;
    if answer.is_success() {
        let read = context.read(&user).await?;
        let expectation = context.expect(&read).after(&answer).under(&["RFC7644-3.5.1-04", "RFC7644-3.5.1-16"]);
        let path = values.path();
        let found = read.at(&path).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let has = |value: &Value| found.iter().any(|found| at(found, "value") == at(value, "value"));
        expectation.that(
            found.len() == 1 && has(&third),
            &format!("{path} does not hold exactly the value that was given"),
            json!(found).to_string(),
        );
    }
    Ok(())
}

async fn null_clears(context: &Context) -> CheckResult {
    // An extension of which nothing is left may be one that is required.
    let text = context.needs_text(|own| !own.flag("required") && !own.extension)?;
    let values = context.values().ok().filter(|values| !values.flag("required") && !values.extension);
    let mut body = context.full_body();
    text.put(&mut body, json!(context.data().name()));
    if let Some(values) = &values {
        values.put(&mut body, json!([context.value_of(values, true)]));
    }
    let user = context.create(context.collection(), &body).await?;
    text.put(&mut body, Value::Null);
    if let Some(values) = &values {
        values.put(&mut body, json!([]));
    }
    let answer = put(context, &user, &body, &["RFC7643-2.5-02", "RFC7643-2.5-03"]).await?;
    if answer.is_success() {
        let read = context.read(&user).await?;
        let expectation = context.expect(&read).after(&answer).under(&["RFC7643-2.5-02", "RFC7644-3.5.1-09"]);
        let found = text.values(read.json().unwrap_or(&Value::Null)).first().copied().cloned();
        if found == Some(json!("")) {
            expectation.note(&format!("{} without a value is shown as an empty text", text.path()), "\"\"");
        } else {
            expectation.lacks(&text.path());
        }
        if let Some(values) = &values {
            let expectation = context.expect(&read).after(&answer).under(&["RFC7643-2.5-03", "RFC7644-3.5.1-09"]);
            expectation.lacks(&values.path());
        }
    }
    Ok(())
}

async fn omitted(context: &Context) -> CheckResult {
    let text = context.needs_text(|own| !own.flag("required") && !own.extension)?;
    let boolean = context.boolean(|own| !own.flag("required") && !own.extension);
    let mut body = context.full_body();
    text.put(&mut body, json!(context.data().name()));
    if let Some(boolean) = &boolean {
        boolean.put(&mut body, json!(true));
    }
    let user = context.create(context.collection(), &body).await?;
    for own in boolean.iter().chain([&text]) {
        take(&mut body, &own.path());
    }
    let answer = put(context, &user, &body, &["RFC7644-3.5.1-05", "RFC7644-3.5.1-15"]).await?;
    if !answer.is_success() {
        return Ok(());
    }
    let read = context.read(&user).await?;
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.1-06", "RFC7644-3.5.1-07"]).lacks(&text.path());
    for name in boolean.iter().chain([&text]).map(SchemaNode::path) {
        let (told, stored) = (answer.at(&name), read.at(&name));
        context.expect(&read).after(&answer).under(&["RFC7644-3.1-09"]).that(
            answer.status != 200 || same_state(told, stored),
            &format!("the answer to the PUT and a later GET differ in {name}"),
            format!(
                "{} and {}",
                told.map_or_else(|| "nothing".into(), Value::to_string),
                stored.map_or_else(|| "nothing".into(), Value::to_string)
            ),
        );
    }
    Ok(())
}

async fn extension_cleared(context: &Context) -> CheckResult {
    let Some((mut body, uri, name)) = context.extended_body() else {
        return context.skip("no extension of the resource type has a text that a client may set");
    };
    let user = context.create(context.collection(), &body).await?;
    if context.discovery().requires_extension(context.collection(), &uri) {
        return context.skip(format!("{uri} is published as required, so that it cannot be taken away"));
    }
    if let Some(members) = body.as_object_mut() {
        members.remove(&uri);
    }
    if let Some(schemas) = body["schemas"].as_array_mut() {
        schemas.retain(|own| *own != uri);
    }
    let answer = context.send(user.request(Method::PUT).json(&body)).await?;
    if !answer.is_success() {
        return context.unable("the endpoint refuses to clear the extension");
    }
    let read = context.read(&user).await?;
    let schemas = read.at("schemas").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    context.expect(&read).after(&answer).under(&["RFC7643-3.3-03"]).that(
        schemas.iter().any(|schema| schema == context.schema()),
        "schemas no longer lists the base schema",
        json!(schemas).to_string(),
    );
    if read.at(&format!("{uri}:{name}")).is_none() {
        context.expect(&read).after(&answer).under(&["RFC7644-3.5.1-22"]).that(
            !schemas.iter().any(|schema| *schema == uri),
            "schemas still lists the extension that was cleared",
            json!(schemas).to_string(),
        );
    }
    Ok(())
}

async fn meta_advances(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let user = context.resource().await?;
    // A version that is made of the time of the change is a version, as long as the clock tells the two changes apart.
    let (reads, _) = outlast_clock(context, &user).await?;
    let before = &reads[reads.len() - 1];
    let mut body = context.sendable(&user, before.json().unwrap_or(&Value::Null));
    text.put(&mut body, json!(context.data().name()));
    context.replace(&user, &body).await?;
    let after = context.read(&user).await?;
    let (old, new) = (before.text("meta.version"), after.text("meta.version"));
    context.expect(&after).after(before).that(
        old.is_none() || old != new,
        "meta.version is the same after a change",
        new.unwrap_or("nothing"),
    );
    let instant =
        |exchange: &Exchange| exchange.text("meta.lastModified").and_then(|text| text.parse::<jiff::Timestamp>().ok());
    context.expect(&after).after(before).that(
        instant(&after) >= instant(before),
        "meta.lastModified moved back",
        after.text("meta.lastModified").unwrap_or("nothing"),
    );
    Ok(())
}

async fn projected(context: &Context) -> CheckResult {
    let (changed, other) = (context.text(0)?, context.text(1)?);
    let naming = context.naming()?.path();
    if changed.word("returned") == "always" || changed.path() == naming {
        return context.skip(format!("{} is returned whatever is asked for", changed.path()));
    }
    let kept = json!(context.data().name());
    let mut body = context.body();
    other.put(&mut body, kept.clone());
    let user = context.create(context.collection(), &body).await?;
    let hidden = changed.path();
    for (parameter, value) in [("attributes", &naming), ("excludedAttributes", &hidden)] {
        let value_sent = json!(context.data().name());
        changed.put(&mut body, value_sent.clone());
        let answer = context.send(user.request(Method::PUT).query(parameter, value).json(&body)).await?;
        let expectation = context.expect(&answer).after(&user.exchange).status(&[200]).json();
        if answer.is_success() {
            expectation.has("id").has(&naming).lacks(&hidden);
            let read = context.read(&user).await?;
            context.expect(&read).after(&answer).equals(&hidden, &value_sent).equals(&other.path(), &kept);
        }
    }
    Ok(())
}

async fn unknown_attribute(context: &Context) -> CheckResult {
    let mut body = context.body();
    let user = context.create(context.collection(), &body).await?;
    if let Ok(text) = context.text(0) {
        text.put(&mut body, json!(context.data().name()));
    }
    put(context, &user, &body, &["RFC7644-3.5.1-15"]).await?;
    body["weirUnknownAttribute"] = json!(1);
    let answer = context.send(user.request(Method::PUT).json(&body)).await?;
    context.expect(&answer).after(&user.exchange).status(&[200, 400]).lacks("weirUnknownAttribute");
    Ok(())
}
