//! Whether PATCH is there, and how it answers (RFC 7644 sections 3.5 and 3.5.2).

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::{at, same};

use super::attribute::texts;
use super::change::{is_done, resource_with, send};
use crate::check::{Check, CheckResult, Context, PATCHED, patch_of};
use crate::checks::projection::extras;

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.supported", "PATCH is there, as the ServiceProviderConfig says", &supported)
        .matters("authentik and Entra ID look there before they choose between PATCH and PUT.")
        .requirements(&["RFC7644-3.5-02", "RFC7644-3.5-03", "RFC7644-3.5.2-01"])
        .legal(&[
            "patch.supported true, and PATCH of users or groups is taken",
            "patch.supported false, and PATCH is answered 501 (405 and 404 are known too)",
        ]),
    Check::new("patch.part", "PATCH changes what it names and nothing else", &part)
        .matters("An endpoint that treats PATCH as PUT empties everything that the client did not repeat.")
        .requirements(&["RFC7644-3.2-11"])
        .legal(&["200 with the resource or 204; a later GET shows the change, and every other attribute as it was"])
        .on_every_type(PATCHED),
    Check::new("patch.answer", "A change is answered with 200 and the whole resource, or 204 and nothing", &answer)
        .matters("Clients that get 200 read the body as the new state; an empty one ends in a parse error.")
        .requirements(&["RFC7644-3.5.2-33"])
        .legal(&["200 with a body equal to what a GET shows", "204 without body"])
        .on_every_type(PATCHED),
    Check::new(
        "patch.attributes",
        "With the attributes parameter, the answer is 200 with these attributes",
        &attributes,
    )
    .matters("It is how a client learns what a change made of a value without a second request.")
    .requirements(&["RFC7644-3.1-09", "RFC7644-3.5.2-35"])
    .legal(&["200 with id and the attributes that were asked for; schemas may be there"])
    .on_every_type(PATCHED),
    Check::new(
        "patch.excluded-attributes",
        "excludedAttributes leaves its attributes out of the answer",
        &excluded_attributes,
    )
    .matters("Without it, the answer to adding one member lists all members of the group.")
    .requirements(&["RFC7644-3.5.2-36"])
    .legal(&["200 without the attribute", "204"])
    .on_every_type(PATCHED),
    Check::new("patch.version-header", "204 comes with the new version in ETag", &version_header)
        .matters("A client that guards its changes by If-Match needs the new version before its next change.")
        .requirements(&["RFC7644-3.5.2-34"])
        .needs(&[Capability::Etag])
        .legal(&["200", "204 with ETag"])
        .on_every_type(PATCHED),
    Check::new("patch.unknown-resource", "PATCH of a resource that does not exist is 404", &unknown_resource)
        .matters("A provisioner with a stale id has to learn that its user is gone.")
        .requirements(&["RFC7644-3.5.2-37"])
        .legal(&["404 with a SCIM Error"])
        .on_every_type(&[ResourceOperation::Patch]),
];

/// A published flag, in words.
const fn in_words(published: Option<bool>) -> &'static str {
    match published {
        Some(true) => "published as true",
        Some(false) => "published as false",
        None => "not published",
    }
}

async fn supported(context: &Context) -> CheckResult {
    let published = context.discovery().config("patch.supported").and_then(Value::as_bool);
    let id = context.data().unknown_id();
    let body = patch_of(&json!([{"op": "replace", "path": "displayName", "value": "x"}]));
    let mut answers = Vec::new();
    for kind in ["/Users", "/Groups"] {
        if context.discovery().resource_type(kind).is_some() {
            answers.push(context.send(Request::patch(kind).segment(&id).json(&body)).await?);
        }
    }
    let Some(last) = answers.last() else { return context.not_offered("the endpoint has neither users nor groups") };
    // 404 says that there is no such resource, which is right for an id that nobody has.
    let taken = answers.iter().any(|answer| !matches!(answer.status, 403 | 405 | 501));
    let statuses = answers.iter().map(|answer| answer.status.to_string()).collect::<Vec<_>>().join(", ");
    context.expect(last).under(&["RFC7644-3.5-02"]).that(
        taken && published != Some(false),
        "PATCH is not supported",
        format!("patch.supported is {}, and PATCH answered with {statuses}", in_words(published)),
    );
    match published {
        Some(true) => {
            context.expect(last).under(&["RFC7644-3.5-03"]).that(
                taken,
                "the ServiceProviderConfig says that PATCH is supported, and it is refused",
                statuses,
            );
        }
        Some(false) => {
            context.expect(last).under(&["RFC7644-3.5.2-01"]).status(&[501, 405, 404]);
        }
        None => {}
    }
    Ok(())
}

async fn part(context: &Context) -> CheckResult {
    let names = texts(context, 2)?;
    let user = resource_with(context, &json!({(&names[0]): "x", (&names[1]): context.data().name()})).await?;
    let before = context.read(&user).await?;
    let value = json!(context.data().name());
    let answer = send(context, &user, &json!([{"op": "replace", "path": names[0], "value": value}])).await?;
    context.expect(&answer).after(&user.exchange).status(&[200, 204]);
    if !is_done(&answer) {
        return Ok(());
    }
    let read = context.read(&user).await?;
    let (Ok(before), Ok(after)) = (before.json(), read.json()) else { return Ok(()) };
    let mut expectation = context.expect(&read).after(&answer).equals(&names[0], &value);
    for (name, value) in before.as_object().into_iter().flatten().filter(|(name, _)| !name.eq_ignore_ascii_case("meta"))
    {
        if !name.eq_ignore_ascii_case(&names[0]) {
            expectation = expectation.that(
                at(after, name).is_some_and(|found| same(value, found)),
                &format!("{name} is not what it was before the change of {}", names[0]),
                at(after, name).map_or_else(|| "nothing".into(), ToString::to_string),
            );
        }
    }
    Ok(())
}

async fn answer(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let user = context.resource().await?;
    let operations = json!([{"op": "replace", "path": name, "value": context.data().name()}]);
    let answer = send(context, &user, &operations).await?;
    let expectation = context.expect(&answer).after(&user.exchange).status(&[200, 204]);
    match answer.status {
        200 => {
            let read = context.read(&user).await?;
            let expectation = expectation.json();
            if let Ok(expected) = read.json() {
                expectation.holds(expected);
            }
        }
        204 => drop(expectation.empty()),
        _ => {}
    }
    Ok(())
}

async fn attributes(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let user = context.resource().await?;
    let value = json!(context.data().name());
    let body = patch_of(&json!([{"op": "replace", "path": name, "value": value}]));
    let answer = context.send(user.request(Method::PATCH).query("attributes", &name).json(&body)).await?;
    let expectation = context.expect(&answer).after(&user.exchange).status(&[200]);
    if answer.status == 200 {
        let expectation = expectation.json().equals("id", &json!(user.id)).has(&name);
        if answer.at(&name).is_some() {
            context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.1-09"]).equals(&name, &value);
        }
        let others = answer.json().map(|shown| extras(context, shown, &["meta", &name])).unwrap_or_default();
        expectation.that(others.is_empty(), "the answer holds more than was asked for", others.join(", "));
    }
    Ok(())
}

/// Whether the subject's schema has an attribute always returned.
fn is_always(context: &Context, name: &str) -> bool {
    let Some(schema) = context.discovery().schema(context.schema()) else { return false };
    crate::definition::list(schema, "attributes").iter().any(|attribute| {
        crate::definition::text(attribute, "name").eq_ignore_ascii_case(name)
            && crate::definition::text(attribute, "returned") == "always"
    })
}

async fn excluded_attributes(context: &Context) -> CheckResult {
    let names = texts(context, 2)?;
    let user = resource_with(context, &json!({(&names[1]): context.data().name()})).await?;
    let body = patch_of(&json!([{"op": "replace", "path": names[0], "value": context.data().name()}]));
    let answer = context.send(user.request(Method::PATCH).query("excludedAttributes", &names[1]).json(&body)).await?;
    let expectation = context.expect(&answer).after(&user.exchange).status(&[200, 204]);
    if answer.status == 200 && !is_always(context, &names[1]) {
        expectation.json().lacks(&names[1]);
    }
    Ok(())
}

async fn version_header(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let user = context.resource().await?;
    let operations = json!([{"op": "replace", "path": name, "value": context.data().name()}]);
    let answer = send(context, &user, &operations).await?;
    let expectation = context.expect(&answer).after(&user.exchange).status(&[200, 204]);
    if answer.status == 204 {
        expectation.header("etag");
    }
    Ok(())
}

async fn unknown_resource(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let body = patch_of(&json!([{"op": "replace", "path": name, "value": "x"}]));
    let request = Request::patch(context.collection()).segment(&context.data().unknown_id()).json(&body);
    let answer = context.send(request).await?;
    context.expect(&answer).status(&[404]);
    Ok(())
}
