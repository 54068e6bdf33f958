//! Requests that are to happen only if the version is the right one.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::Value;
use weir_exchange::{Exchange, Request, opaque_tag};
use weir_judge::Because;

use super::{CHANGING, tag};
use crate::check::{Check, CheckResult, Context, Expectation, Resource, Stop};
use crate::node::SchemaNode;

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("etag.put-stale", "A PUT with a stale version changes nothing", &put_stale)
        .matters("Without it the slower of two administrators wipes out what the faster has done.")
        .requirements(&["RFC7644-3.5.1-19", "RFC7644-3.12-14"])
        .needs(&[Capability::Etag])
        .legal(&["412 (409 is noted), and the resource unchanged"])
        .on_every_type(CHANGING),
    Check::new("etag.patch-stale", "A PATCH with a stale version changes nothing", &patch_stale)
        .matters("A disabled account would be enabled again by a change that was prepared before.")
        .requirements(&["RFC7644-3.5.2-38", "RFC7644-3.12-14"])
        .needs(&[Capability::Etag])
        .legal(&["412 (409 is noted), and the resource unchanged"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace, ResourceOperation::Patch]),
    Check::new("etag.delete-stale", "A DELETE with a stale version deletes nothing", &delete_stale)
        .matters("Clean-up jobs delete what they saw an hour ago; somebody may have taken the resource into use since.")
        .requirements(&["RFC7644-3.6-09", "RFC7644-3.12-14"])
        .needs(&[Capability::Etag])
        .legal(&["412 (409 is noted), and the resource still there"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace, ResourceOperation::Delete]),
    Check::new("etag.if-match-wrong", "A version that never was matches nothing", &if_match_wrong)
        .matters("A guard that only knows older versions lets made-up ones through.")
        .requirements(&["RFC7644-3.14-08", "RFC7644-3.12-14"])
        .needs(&[Capability::Etag])
        .legal(&["412 (409 is noted) for PUT and PATCH, and the resource unchanged"])
        .on_every_type(CHANGING),
    Check::new("etag.case-exact", "A version in other letters is another version", &case_exact)
        .matters("Tags are often encoded in letters of both cases; folding them makes two versions one.")
        .requirements(&["RFC7643-3.1-32"])
        .needs(&[Capability::Etag])
        .legal(&["412, and the resource unchanged"])
        .on_every_type(CHANGING),
    Check::new(
        "etag.if-match-current",
        "The current version lets PUT and PATCH through, exactly as it was received",
        &if_match_current,
    )
    .matters("A guard that always refuses is switched off by the first operator who meets it.")
    .requirements(&["RFC7644-3.14-07", "RFC7644-3.14-11"])
    .needs(&[Capability::Etag])
    .legal(&["success", "412 for a weak tag, by HTTP's strong comparison"])
    .on_every_type(CHANGING),
    Check::new("etag.if-match-any", "If-Match: * lets changes of an existing resource through", &if_match_any)
        .matters("Clients that only want to be sure not to create something send it with each change.")
        .requirements(&["RFC7644-3.14-10"])
        .needs(&[Capability::Etag])
        .legal(&["200 for PUT, 204 for DELETE"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace, ResourceOperation::Delete]),
    Check::new(
        "etag.not-modified",
        "A GET with the current version in If-None-Match gives 304 and no body",
        &not_modified,
    )
    .matters("Synchronisers that poll ten thousand resources download each of them every time otherwise.")
    .requirements(&["RFC7644-3.14-04", "RFC7644-3.14-05"])
    .needs(&[Capability::Etag])
    .legal(&["304 with an empty body, also for * and for a list that holds the version"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new("etag.modified", "A GET with an old version in If-None-Match gives the new state", &modified)
        .matters("A poller that gets 304 never sees the change.")
        .requirements(&["RFC7644-3.14-06"])
        .needs(&[Capability::Etag])
        .legal(&["200 with the resource as changed"])
        .on_every_type(CHANGING),
    Check::new("etag.if-none-match-any", "If-None-Match: * keeps a PUT from changing what exists", &if_none_match_any)
        .matters("It is HTTP's way to say that nothing may be overwritten.")
        .requirements(&["RFC7644-3.14-07"])
        .needs(&[Capability::Etag])
        .legal(&["412 and the resource unchanged", "success, since SCIM does not mention it"])
        .on_every_type(CHANGING),
];

/// A resource that was changed once, with the attribute that was changed, the tag from before and the body as it is now.
async fn changed_once(context: &Context) -> Result<(Resource, SchemaNode<'_>, String, Value), Stop> {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    let before = context.read(&resource).await?;
    let Some(stale) = before.header("etag").map(str::to_owned) else {
        return Err(Stop::Skip(Because::Ability, "the resource has no ETag".into()));
    };
    let body = context.with_new_text(&resource, &text);
    context.replace(&resource, &body).await?;
    Ok((resource, text, stale, body))
}

/// Judges that an answer shows the attribute as `body` does.
fn shows_as_in<'c>(expect: Expectation<'c>, text: &SchemaNode<'_>, body: &Value) -> Expectation<'c> {
    match text.values(body).first() {
        Some(value) => expect.equals(&text.path(), value),
        None => expect.lacks(&text.path()),
    }
}

/// Judges that a conditional change was refused, and that the attribute is as in `body` still.
async fn unchanged(
    context: &Context,
    resource: &Resource,
    answer: &Arc<Exchange>,
    (text, body): (&SchemaNode<'_>, &Value),
    requirements: &'static [&'static str],
) -> CheckResult {
    let refusal: &'static [&'static str] = if answer.is_success() { requirements } else { &["RFC7644-3.12-14"] };
    context.expect(answer).after(&resource.exchange).under(refusal).status(&[412]);
    let read = context.send(resource.request(Method::GET)).await?;
    let expect = context.expect(&read).after(answer).under(requirements);
    shows_as_in(expect.status(&[200]), text, body);
    Ok(())
}

async fn put_stale(context: &Context) -> CheckResult {
    let (resource, text, stale, body) = changed_once(context).await?;
    let again = context.with_new_text(&resource, &text);
    let answer = context.send(resource.request(Method::PUT).header("if-match", stale).json(&again)).await?;
    unchanged(context, &resource, &answer, (&text, &body), &["RFC7644-3.5.1-19"]).await
}

async fn patch_stale(context: &Context) -> CheckResult {
    let (resource, text, stale, body) = changed_once(context).await?;
    let change = context.patch_of_text(&text);
    let answer = context.send(resource.request(Method::PATCH).header("if-match", stale).json(&change)).await?;
    unchanged(context, &resource, &answer, (&text, &body), &["RFC7644-3.5.2-38"]).await
}

async fn delete_stale(context: &Context) -> CheckResult {
    let (resource, text, stale, body) = changed_once(context).await?;
    let answer = context.send(resource.request(Method::DELETE).header("if-match", stale)).await?;
    unchanged(context, &resource, &answer, (&text, &body), &["RFC7644-3.6-09"]).await
}

/// A PUT of a new text, and a PATCH where the endpoint offers it.
fn changes(context: &Context, resource: &Resource, text: &SchemaNode<'_>) -> Vec<Request> {
    let mut requests = vec![resource.request(Method::PUT).json(&context.with_new_text(resource, text))];
    if context.may(ResourceOperation::Patch) {
        requests.push(resource.request(Method::PATCH).json(&context.patch_of_text(text)));
    }
    requests
}

async fn if_match_wrong(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    for request in changes(context, &resource, &text) {
        let answer = context.send(request.header("if-match", "W/\"nope\"")).await?;
        unchanged(context, &resource, &answer, (&text, resource.body()), &["RFC7644-3.14-08"]).await?;
    }
    Ok(())
}

async fn case_exact(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    let Some(tag) = read.header("etag") else { return context.unable("the resource has no ETag") };
    let (mark, opaque) = (if tag.starts_with("W/\"") { "W/" } else { "" }, opaque_tag(tag));
    let flip = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    let flipped: String = opaque.chars().map(flip).collect();
    if flipped == opaque {
        return context.unable("the versions of this endpoint have no letters");
    }
    let other = format!("{mark}\"{flipped}\"");
    let body = context.with_new_text(&resource, &text);
    let answer = context.send(resource.request(Method::PUT).header("if-match", other).json(&body)).await?;
    let refused = matches!(answer.status, 400 | 409 | 412);
    context.expect(&answer).after(&read).that(refused, "the tag in other letters matched", answer.status.to_string());
    let after = context.read(&resource).await?;
    shows_as_in(context.expect(&after).after(&answer), &text, resource.body());
    Ok(())
}

async fn if_match_current(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    for request in changes(context, &resource, &text) {
        let read = context.read(&resource).await?;
        let Some(current) = read.header("etag") else { return context.unable("the resource has no ETag") };
        let answer = context.send(request.header("if-match", current)).await?;
        // The two requirements are an option and a dispute, so that a refusal is no more than noted.
        context.expect(&answer).after(&read).status(&[200, 204]);
    }
    Ok(())
}

async fn if_match_any(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    let body = context.with_new_text(&resource, &text);
    let answer = context.send(resource.request(Method::PUT).header("if-match", "*").json(&body)).await?;
    context.expect(&answer).status(&[200]);
    let answer = context.send(resource.request(Method::DELETE).header("if-match", "*")).await?;
    context.expect(&answer).status(&[200, 204]);
    Ok(())
}

async fn not_modified(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    if read.header("etag").is_none() {
        return context.unable("the resource has no ETag");
    }
    let current = tag(&read).to_owned();
    for tags in [current.clone(), "*".to_owned(), format!("\"other\", {current}")] {
        let answer = context.send(resource.request(Method::GET).header("if-none-match", tags)).await?;
        let expect = context.expect(&answer).after(&read).under(&["RFC7644-3.14-04", "RFC7644-3.14-05"]).status(&[304]);
        if answer.status == 304 {
            expect.empty();
        }
    }
    Ok(())
}

async fn modified(context: &Context) -> CheckResult {
    let (resource, text, stale, body) = changed_once(context).await?;
    let answer = context.send(resource.request(Method::GET).header("if-none-match", stale)).await?;
    shows_as_in(context.expect(&answer).after(&resource.exchange).status(&[200]), &text, &body);
    Ok(())
}

async fn if_none_match_any(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    let request =
        resource.request(Method::PUT).header("if-none-match", "*").json(&context.with_new_text(&resource, &text));
    let answer = context.send(request).await?;
    context.expect(&answer).after(&resource.exchange).status(&[412]);
    Ok(())
}
