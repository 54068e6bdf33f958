//! Versions of resources and conditional requests (RFC 7644 section 3.14).

pub(super) mod conditions;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::json;
use weir_exchange::{Exchange, opaque_tag};

use crate::check::{Check, CheckResult, Context, patch_of};

pub(super) const CHECKS: &[Check] = &[
    Check::new("etag.header", "The answers to POST, GET and PUT carry an ETag", &header)
        .matters("A client that guards its updates takes the version from whatever answer it got last.")
        .requirements(&["RFC7644-3.14-02", "RFC7644-3.3-17", "RFC7644-3.14-01"])
        .needs(&[Capability::Etag])
        .legal(&["an ETag header, weak or strong, on each of the three"])
        .on_every_type(CHANGING),
    Check::new("etag.form", "An ETag is a quoted string, with an upper-case W/ if it is weak", &form)
        .matters("Proxies and HTTP libraries drop tags that they cannot parse, and with them every guard.")
        .requirements(&["RFC7643-3.1-33"])
        .needs(&[Capability::Etag])
        .legal(&["\"…\" or W/\"…\""])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("etag.version", "meta.version and the ETag header name the same version", &version)
        .matters("Clients that synchronise by lists have meta.version only, and send it in If-Match.")
        .requirements(&["RFC7643-3.1-31", "RFC7644-3.14-03"])
        .needs(&[Capability::Etag])
        .legal(&["the same text between the quotes, in POST and GET"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new(
        "etag.version-to-the-letter",
        "meta.version and the ETag header are equal to the letter",
        &version_to_the_letter,
    )
    .matters("A client that copies meta.version into If-Match sends a tag without quotes otherwise.")
    .requirements(&["RFC7643-3.1-34"])
    .needs(&[Capability::Etag])
    .legal(&["meta.version is the header's value, mark and quotes included"])
    .on_every_type(&[ResourceOperation::Create]),
    Check::new("etag.changes", "The ETag changes with every change", &changes)
        .matters("Two states under one version cannot be told apart, so one of two administrators loses the edit.")
        .requirements(&["RFC7644-3.14-09"])
        .needs(&[Capability::Etag])
        .legal(&["another ETag after each PUT and PATCH that changes the resource"])
        .on_every_type(CHANGING),
];

const CHANGING: &[ResourceOperation] = &[ResourceOperation::Create, ResourceOperation::Replace];

/// The tag of an answer; without the header there is none.
fn tag(exchange: &Exchange) -> &str {
    exchange.header("etag").unwrap_or_default()
}

async fn header(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    context.expect(&resource.exchange).under(&["RFC7644-3.14-02", "RFC7644-3.3-17"]).header("etag");
    let read = context.read(&resource).await?;
    context.expect(&read).under(&["RFC7644-3.14-02", "RFC7644-3.14-01"]).header("etag");
    let text = context.text(0)?;
    let replaced = context.replace(&resource, &context.with_new_text(&resource, &text)).await?;
    context.expect(&replaced).under(&["RFC7644-3.14-02"]).header("etag");
    Ok(())
}

async fn version(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    for exchange in [&resource.exchange, &read] {
        let stated = exchange.text("meta.version");
        context.expect(exchange).under(&["RFC7644-3.14-03"]).that(
            stated.is_some(),
            "meta.version is missing",
            "nothing",
        );
        if let (Some(stated), Some(tag)) = (stated, exchange.header("etag")) {
            context.expect(exchange).under(&["RFC7643-3.1-31"]).that(
                opaque_tag(stated) == opaque_tag(tag),
                "meta.version is another version than the ETag",
                format!("meta.version {stated}, ETag {tag}"),
            );
        }
    }
    Ok(())
}

async fn version_to_the_letter(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    let (stated, tag) = (read.text("meta.version").unwrap_or("missing"), read.header("etag").unwrap_or("missing"));
    let observed = format!("meta.version {stated}, ETag {tag}");
    context.expect(&read).that(stated == tag, "meta.version is not the value of the ETag header", observed);
    Ok(())
}

async fn form(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    let Some(tag) = read.header("etag") else { return context.unable("there is no ETag") };
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let right = inner.is_some_and(|inner| !inner.contains('"'));
    context.expect(&read).that(right, "the ETag is not an entity tag", tag);
    Ok(())
}

async fn changes(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    let mut before = context.read(&resource).await?;
    for _ in 0..2 {
        context.replace(&resource, &context.with_new_text(&resource, &text)).await?;
        let after = context.read(&resource).await?;
        let same = tag(&before) == tag(&after);
        context.expect(&after).after(&before).that(!same, "the ETag is the same after a change", tag(&after));
        before = after;
    }
    if context.may(ResourceOperation::Patch) {
        let operations = json!([{"op": "replace", "path": text.path(), "value": context.data().name()}]);
        let answer = context.send(resource.request(Method::PATCH).json(&patch_of(&operations))).await?;
        let after = context.read(&resource).await?;
        let is_changed = after.at(&text.path()) != before.at(&text.path());
        let same = tag(&before) == tag(&after);
        context.expect(&after).after(&before).after(&answer).that(
            !(answer.is_success() && is_changed && same),
            "the ETag is the same after a change by PATCH",
            tag(&after),
        );
    }
    Ok(())
}
