//! Deleting resources (RFC 7644 section 3.6).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, patch_of};

pub(super) const CHECKS: &[Check] = &[
    Check::new("delete.user", "A DELETE removes a user", &user)
        .matters("A leaver who can still be read is a leaver who is still in.")
        .requirements(&["RFC7644-3.2-12", "RFC7644-3.6-02", "RFC7644-3.6-06"])
        .needs(&[Capability::CreateUsers, Capability::DeleteUsers])
        .legal(&["204; a later GET gives 404"])
        .on(Only("User", "not migrated")),
    Check::new("delete.other-types", "A DELETE removes a resource of every other type", &other_types)
        .matters("A group that outlives its deletion goes on granting what it grants.")
        .requirements(&["RFC7644-3.2-12", "RFC7644-3.6-06"])
        .needs(&[Capability::DeleteGroups])
        .legal(&["204; a later GET gives 404"]),
    Check::new("delete.no-body", "The answer to a DELETE has no body", &no_body)
        .matters("A body after 204 is read as the beginning of the next answer on the same connection.")
        .requirements(&["RFC7644-3.6-07"])
        .needs(&[Capability::CreateUsers, Capability::DeleteUsers])
        .legal(&["204 without body"])
        .on(Only("User", "not migrated")),
    Check::new("delete.later-operations", "Every later operation on a deleted user gives 404", &later_operations)
        .matters("An update that succeeds on a deleted account brings it back.")
        .requirements(&["RFC7644-3.6-02", "RFC7644-3.5.1-18"])
        .needs(&[Capability::CreateUsers, Capability::DeleteUsers])
        .legal(&["404 with a SCIM Error for GET, PUT, PATCH and DELETE"])
        .on(Only("User", "not migrated")),
    Check::new("delete.unlisted", "A deleted user is in no list", &unlisted)
        .matters("A provisioner that finds the deleted account links to it and then gets 404 for every update.")
        .requirements(&["RFC7644-3.6-03"])
        .needs(&[Capability::CreateUsers, Capability::DeleteUsers])
        .legal(&["a filter by userName or id finds nothing, and the newest page of /Users does not list the user"])
        .on(Only("User", "not migrated")),
    Check::new("delete.name-is-free", "The userName of a deleted user can be used again", &name_is_free)
        .matters("Somebody who comes back to the company cannot be provisioned otherwise.")
        .requirements(&["RFC7644-3.6-04", "RFC7644-3.6-05"])
        .needs(&[Capability::CreateUsers, Capability::DeleteUsers])
        .legal(&["201 for the same body after the DELETE"])
        .on(Only("User", "not migrated")),
    Check::new("delete.unknown", "A DELETE of what is not there gives 404", &unknown)
        .matters(
            "A provisioner that is told of a success deletes its own record and never finds the right account again.",
        )
        .requirements(&["RFC7644-3.6-08"])
        .needs(&[Capability::DeleteUsers])
        .legal(&["404 with a SCIM Error"])
        .on(Only("User", "not migrated")),
];

async fn user(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let answer = context.send(user.request(Method::DELETE)).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.2-12", "RFC7644-3.6-06"]).status(&[204]);
    if answer.is_success() {
        let later = context.send(user.request(Method::GET)).await?;
        context.expect(&later).after(&answer).under(&["RFC7644-3.2-12", "RFC7644-3.6-02"]).status(&[404]);
    }
    Ok(())
}

async fn other_types(context: &Context) -> CheckResult {
    for (_, resource) in context.one_of_each().await? {
        if resource.endpoint == "/Users" {
            continue;
        }
        let answer = context.send(resource.request(Method::DELETE)).await?;
        context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.6-06"]).status(&[204]);
        let later = context.send(resource.request(Method::GET)).await?;
        context.expect(&later).after(&answer).under(&["RFC7644-3.2-12"]).status(&[404]);
    }
    Ok(())
}

async fn no_body(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let answer = context.delete(&user).await?;
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
    let user = context.user().await?;
    let deleted = context.delete(&user).await?;
    let change = patch_of(&json!([{"op": "replace", "path": "displayName", "value": context.data().name()}]));
    let offers = |capability| context.discovery().offers(capability);
    let requests: [(bool, Request, &'static [&'static str]); 4] = [
        (true, user.request(Method::GET), &["RFC7644-3.6-02"]),
        (
            offers(Capability::ReplaceUsers),
            user.request(Method::PUT).json(user.body()),
            &["RFC7644-3.6-02", "RFC7644-3.5.1-18"],
        ),
        (offers(Capability::PatchUsers), user.request(Method::PATCH).json(&change), &["RFC7644-3.6-02"]),
        (true, user.request(Method::DELETE), &["RFC7644-3.6-02"]),
    ];
    for (offered, request, requirements) in requests {
        if offered {
            let later = context.send(request).await?;
            context.expect(&later).after(&deleted).under(requirements).status(&[404]);
            if later.status == 404 {
                context.expect(&later).under(requirements).error();
            }
        }
    }
    Ok(())
}

async fn unlisted(context: &Context) -> CheckResult {
    context.needs_narrowing("/Users")?;
    let user = context.user().await?;
    let deleted = context.delete(&user).await?;
    if context.discovery().offers(Capability::FilterUsers) {
        for filter in [format!("userName eq {}", user.body()["userName"]), format!("id eq {}", json!(user.id))] {
            let list = context.send(Request::get("/Users").query("filter", &filter)).await?;
            let expectation = context.expect(&list).after(&deleted).status(&[200]).json();
            expectation.equals("totalResults", &json!(0)).lists(&[]);
        }
    }
    let list = context.send(Request::get("/Users")).await?;
    let total = list.at("totalResults").and_then(Value::as_u64).unwrap_or_default();
    let shown = list.at("Resources").and_then(Value::as_array).map_or(0, Vec::len) as u64;
    let mut pages = vec![list];
    if total > shown {
        // The newest stand at the end, in most orders.
        let start = total.saturating_sub(shown).max(1).to_string();
        pages.push(context.send(Request::get("/Users").query("startIndex", &start)).await?);
    }
    for page in pages {
        let mut resources = page.at("Resources").and_then(Value::as_array).into_iter().flatten();
        let listed = resources.any(|resource| at(resource, "id").and_then(Value::as_str) == Some(user.id.as_str()));
        context.expect(&page).after(&deleted).that(!listed, "the deleted user is listed", user.id.as_str());
    }
    Ok(())
}

async fn name_is_free(context: &Context) -> CheckResult {
    let body = context.data().user();
    let user = context.create("/Users", &body).await?;
    let deleted = context.delete(&user).await?;
    let answer = context.send(Request::post("/Users").json(&body)).await?;
    context.expect(&answer).after(&deleted).status(&[201]);
    Ok(())
}

async fn unknown(context: &Context) -> CheckResult {
    for id in [context.data().unknown_id(), context.data().uuid()] {
        let answer = context.send(Request::delete("/Users").segment(&id)).await?;
        context.expect(&answer).status(&[404]);
        if answer.status == 404 {
            context.expect(&answer).error();
        }
    }
    Ok(())
}
