//! What provisioners do with PATCH over the life of an account.

use reqwest::Method;
use scim::capability::Capability;
use serde_json::json;

use super::attribute::{need, plain};
use super::change::{WatchedPatch, expect_state, resource_with, send, send_watched};
use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Resource, Stop};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.deactivate", "A user is deactivated and activated again", &deactivate)
        .matters("Whoever leaves the company must lose access the same hour; this is the request that does it.")
        .requirements(&["RFC7643-4.1.1-23", "RFC7644-3.5.2.3-01", "RFC7644-3.5.2.3-02"])
        .needs(&[Capability::CreateUsers, Capability::PatchUsers])
        .legal(&["200 with the user or 204, and a later GET shows active as a boolean"])
        .on(Only("User", "active is an attribute of User alone (RFC 7643 section 4.1.1)")),
    Check::new(
        "patch.inactive-is-found",
        "An inactive user is still read by id and found by userName",
        &inactive_is_found,
    )
    .matters("Where inactive users hide, the provisioner creates them again and meets 409 for ever.")
    .requirements(&["RFC7643-4.1.1-23", "RFC7644-3.4.1-01"])
    .needs(&[Capability::CreateUsers, Capability::PatchUsers, Capability::FilterUsers])
    .legal(&["200 with active false; the filter's list holds the user with active false"])
    .on(Only("User", "active is an attribute of User alone (RFC 7643 section 4.1.1)")),
    Check::new("patch.then-put", "A PUT after several PATCHes replaces what they left", &then_put)
        .matters("Provisioners that repair drift send the whole user; traces of earlier changes would survive.")
        .requirements(&["RFC7644-3.5.1-04", "RFC7644-3.5.1-16"])
        .needs(&[Capability::CreateUsers, Capability::PatchUsers, Capability::ReplaceUsers])
        .legal(&["200, and a later GET shows what the PUT said"])
        .on(Only("User", "emails is an attribute of User alone (RFC 7643 section 4.1.2)")),
];

async fn deactivate(context: &Context) -> CheckResult {
    need(context, &["active"])?;
    let user = active_user(context).await?;
    for (operation, active, under) in [
        (
            json!({"op": "replace", "path": "active", "value": false}),
            false,
            &["RFC7643-4.1.1-23", "RFC7644-3.5.2.3-02"],
        ),
        (json!({"op": "replace", "path": "active", "value": true}), true, &["RFC7643-4.1.1-23", "RFC7644-3.5.2.3-02"]),
        (json!({"op": "replace", "value": {"active": false}}), false, &["RFC7643-4.1.1-23", "RFC7644-3.5.2.3-01"]),
    ] {
        // The value of active after a creation says nothing about a PATCH.
        let WatchedPatch { answer, after } = send_watched(context, &user, &json!([operation]), false).await?;
        context.expect(&answer).after(&user.exchange).under(under).status(&[200, 204]);
        if let Some(after) = after {
            context.expect(&after).after(&answer).under(under).status(&[200]).equals("active", &json!(active));
        }
    }
    Ok(())
}

/// A user who is active. Whether a new one is, the provider decides (RFC 7643 section 4.1.1); one that is not is activated.
async fn active_user(context: &Context) -> Result<Resource, Stop> {
    if !context.loses("active") || context.drops("active") {
        return resource_with(context, &json!({"active": true})).await;
    }
    let user = context.user().await?;
    send(context, &user, &json!([{"op": "replace", "path": "active", "value": true}])).await?;
    if context.read(&user).await?.at("active") != Some(&json!(true)) {
        context.unable("a new user is inactive, and a PATCH that activates it has no effect")?;
    }
    Ok(user)
}

async fn inactive_is_found(context: &Context) -> CheckResult {
    need(context, &["active"])?;
    let user = active_user(context).await?;
    let before = context.named_in_lists(user.body()).await?;
    if let Some(before) = before.filter(|before| !before.holds(&user.id)) {
        let reason = "a list by the name of the active user does not show the user".to_owned();
        return Err(context.blocked(reason, &context.on_subject("create.found-at-once"), vec![before.list]));
    }
    let answer = send(context, &user, &json!([{"op": "replace", "path": "active", "value": false}])).await?;
    if !answer.is_success() {
        return context.unable("the endpoint does not deactivate by PATCH, which patch.deactivate judges");
    }
    let read = context.send(user.request(Method::GET)).await?;
    let expectation = context.expect(&read).after(&answer).under(&["RFC7644-3.4.1-01"]).status(&[200]);
    if read.status == 200 {
        expectation.under(&["RFC7643-4.1.1-23"]).equals("active", &json!(false));
    }
    let Some(named) = context.named_in_lists(user.body()).await? else { return Ok(()) };
    let expectation = context.expect(&named.list).after(&answer).lists(&[&user.id]);
    expectation.equals("Resources[0].active", &json!(false));
    Ok(())
}

async fn then_put(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let names = plain(context, 2)?;
    let user = resource_with(context, &json!({(&names[0]): "first"})).await?;
    for operation in [
        json!({"op": "replace", "path": names[0], "value": "second"}),
        json!({"op": "add", "path": "emails", "value": [{"value": "a@example.com"}]}),
        json!({"op": "add", "path": names[1], "value": "second"}),
    ] {
        // Whether each is carried out is for other checks.
        send(context, &user, &json!([operation])).await?;
    }
    let mut body = context.sent(&user);
    for name in ["userName", "id"] {
        body[name] = user.value(name).clone();
    }
    body[&names[0]] = json!("third");
    body[&names[1]] = json!("third");
    body["emails"] = json!([{"value": "b@example.com", "type": "work"}]);
    let answer = context.send(user.request(Method::PUT).json(&body)).await?;
    context.expect(&answer).status(&[200]);
    if answer.is_success() {
        let read = context.read(&user).await?;
        let after = json!({(&names[0]): "third", (&names[1]): "third", "emails": body["emails"]});
        expect_state(context.expect(&read).after(&answer), &read, &after);
    }
    Ok(())
}
