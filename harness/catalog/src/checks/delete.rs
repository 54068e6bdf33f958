//! Deleting resources (RFC 7644 section 3.6).

use reqwest::Method;
use scim::capability::ResourceOperation;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use crate::check::cohort::is_refused_as_unsupported;
use crate::check::{Check, CheckResult, Context, patch_of};

pub(super) const CHECKS: &[Check] = &[
    Check::new("delete.resource", "A DELETE removes a resource", &resource)
        .matters("A leaver who can still be read is a leaver who is still in, and a group that stays goes on granting.")
        .requirements(&["RFC7644-3.2-12", "RFC7644-3.6-02", "RFC7644-3.6-06"])
        .legal(&["204; a later GET gives 404"])
        .on_every_type(DELETING)
        .formerly(&[("delete.user", "User"), ("delete.other-types", "Group")]),
    Check::new("delete.no-body", "The answer to a DELETE has no body", &no_body)
        .matters("A body after 204 is read as the beginning of the next answer on the same connection.")
        .requirements(&["RFC7644-3.6-07"])
        .legal(&["204 without body"])
        .on_every_type(DELETING),
    Check::new("delete.later-operations", "Every later operation on a deleted resource gives 404", &later_operations)
        .matters("An update that succeeds on a deleted account brings it back.")
        .requirements(&["RFC7644-3.6-02", "RFC7644-3.5.1-18"])
        .legal(&["404 with a SCIM Error for GET, PUT, PATCH and DELETE"])
        .on_every_type(DELETING),
    Check::new("delete.unlisted", "A deleted resource is in no list", &unlisted)
        .matters("A provisioner that finds the deleted account links to it and then gets 404 for every update.")
        .requirements(&["RFC7644-3.6-03"])
        .legal(&[
            "a filter by name or id finds nothing, and the newest page of the collection does not list the resource",
        ])
        .on_every_type(DELETING),
    Check::new("delete.name-is-free", "The name of a deleted resource can be used again", &name_is_free)
        .matters("Somebody who comes back to the company cannot be provisioned otherwise.")
        .requirements(&["RFC7644-3.6-04", "RFC7644-3.6-05"])
        .legal(&["201 for the same body after the DELETE"])
        .on_every_type(DELETING),
    Check::new("delete.unknown", "A DELETE of what is not there gives 404", &unknown)
        .matters(
            "A provisioner that is told of a success deletes its own record and never finds the right account again.",
        )
        .requirements(&["RFC7644-3.6-08"])
        .legal(&["404 with a SCIM Error"])
        .on_every_type(&[ResourceOperation::Delete]),
];

const DELETING: &[ResourceOperation] = &[ResourceOperation::Create, ResourceOperation::Delete];

async fn resource(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let answer = context.send(resource.request(Method::DELETE)).await?;
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.2-12", "RFC7644-3.6-06"]).status(&[204]);
    if answer.is_success() {
        let later = context.send(resource.request(Method::GET)).await?;
        context.expect(&later).after(&answer).under(&["RFC7644-3.2-12", "RFC7644-3.6-02"]).status(&[404]);
    }
    Ok(())
}

async fn no_body(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let answer = context.delete(&resource).await?;
    // A client reads no body after 204, so that what the head announces would be taken for the next answer.
    let length = answer.header("content-length").unwrap_or("none");
    context.expect(&answer).empty().that(
        matches!(length, "none" | "0") && answer.header("transfer-encoding").is_none(),
        "the head of the answer announces a body",
        format!("content-length {length}, transfer-encoding {}", answer.header("transfer-encoding").unwrap_or("none")),
    );
    Ok(())
}

async fn later_operations(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let deleted = context.delete(&resource).await?;
    let path = context.text(0).map_or_else(|_| "externalId".to_owned(), |text| text.path());
    let change = patch_of(&json!([{"op": "replace", "path": path, "value": context.data().name()}]));
    let requests: [(bool, Request, &'static [&'static str]); 4] = [
        (true, resource.request(Method::GET), &["RFC7644-3.6-02"]),
        (
            context.may(ResourceOperation::Replace),
            resource.request(Method::PUT).json(&context.sendable(&resource, resource.body())),
            &["RFC7644-3.6-02", "RFC7644-3.5.1-18"],
        ),
        (context.may(ResourceOperation::Patch), resource.request(Method::PATCH).json(&change), &["RFC7644-3.6-02"]),
        (true, resource.request(Method::DELETE), &["RFC7644-3.6-02"]),
    ];
    for (offered, request, requirements) in requests {
        if offered {
            let later = context.send(request).await?;
            context.expect(&later).after(&deleted).under(requirements).status(&[404]);
        }
    }
    Ok(())
}

async fn unlisted(context: &Context) -> CheckResult {
    context.needs_narrowing(context.collection())?;
    let resource = context.resource().await?;
    let deleted = context.delete(&resource).await?;
    if context.may(ResourceOperation::Filter) {
        for filter in [context.filter_by_name(resource.body())?, context.filter_by_id(&resource.id)?] {
            let list = context.send(Request::get(context.collection()).query("filter", &filter)).await?;
            if is_refused_as_unsupported(&list) {
                continue;
            }
            let expectation = context.expect(&list).after(&deleted).status(&[200]).json();
            expectation.equals("totalResults", &json!(0)).lists(&[]);
        }
    }
    let list = context.send(Request::get(context.collection())).await?;
    let total = list.at("totalResults").and_then(Value::as_u64).unwrap_or_default();
    let shown = list.at("Resources").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    let mut pages = vec![list];
    if total > shown {
        // The newest stand at the end, in most orders.
        let start = total.saturating_sub(shown).max(1).to_string();
        pages.push(context.send(Request::get(context.collection()).query("startIndex", &start)).await?);
    }
    for page in pages {
        let mut resources = page.at("Resources").and_then(Value::as_array).into_iter().flatten();
        let listed = resources.any(|shown| at(shown, "id").and_then(Value::as_str) == Some(resource.id.as_str()));
        context.expect(&page).after(&deleted).that(!listed, "the deleted resource is listed", resource.id.as_str());
    }
    Ok(())
}

async fn name_is_free(context: &Context) -> CheckResult {
    let body = context.body();
    let resource = context.create(context.collection(), &body).await?;
    let deleted = context.delete(&resource).await?;
    let answer = context.post(&body).await?;
    context.expect(&answer).after(&deleted).status(&[201]);
    Ok(())
}

async fn unknown(context: &Context) -> CheckResult {
    for id in [context.data().unknown_id(), context.data().uuid()] {
        let answer = context.send(Request::delete(context.collection()).segment(&id)).await?;
        context.expect(&answer).status(&[404]);
    }
    Ok(())
}
