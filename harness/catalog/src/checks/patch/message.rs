//! The `PatchOp` message itself (RFC 7644 section 3.5.2).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;

use super::attribute::{need, plain_one, texts};
use super::change::{expect_refusal, expect_state, is_done, resource_with, send};
use crate::check::{Check, CheckResult, Context, PATCHED, Resource, Stop, patch_of};

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const KEYWORDS: &[&str] = &["invalidSyntax", "invalidValue"];
const REFUSED: &[&str] = &["400 with scimType invalidSyntax or invalidValue, and the resource as it was"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.malformed-json", "A body that is not JSON is refused", &malformed_json)
        .matters("An answer 500 makes provisioners retry for days what can never succeed.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-40"])
        .legal(REFUSED)
        .on_every_type(PATCHED),
    Check::new("patch.operations-missing", "A message without Operations is refused", &operations_missing)
        .matters("A client that sends a whole resource by PATCH gets a success and no change.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-05"])
        .legal(REFUSED)
        .on_every_type(PATCHED),
    Check::new("patch.op-missing", "An operation without op is refused", &op_missing)
        .matters("Endpoints that take replace for granted overwrite what was to be appended to.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-06"])
        .legal(REFUSED)
        .on_every_type(PATCHED),
    Check::new(
        "patch.op-unknown",
        "Operations other than add, remove and replace are refused, those of JSON Patch too",
        &op_unknown,
    )
    .matters("An operation that is skipped with success leaves the two sides different for ever.")
    .requirements(&["RFC7644-3.12-04", "RFC7644-3.12-09", "RFC7644-3.5.2-03", "RFC7644-3.5.2-07"])
    .legal(REFUSED)
    .on_every_type(PATCHED),
    Check::new("patch.wrong-type", "A value that does not fit the attribute's type is refused", &wrong_type)
        .matters("A text stored as active is true to the next program, and the account stays open.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-18", "RFC7644-3.5.2-22"])
        .needs(USERS)
        .legal(&["400 with scimType invalidValue or invalidSyntax, and the old values"]),
    Check::new("patch.message-urn", "The PatchOp URN is asked for", &message_urn)
        .matters("Most endpoints do without; whether this one does decides which clients it takes.")
        .requirements(&["RFC7644-3.5.2-04"])
        .legal(&["400 for a message without the URN or with another one", "the change, for endpoints that infer it"])
        .on_every_type(PATCHED),
    Check::new("patch.operations-empty", "An empty list of operations changes nothing", &operations_empty)
        .matters("A public validator sends it and wants a success; the text wants at least one operation.")
        .requirements(&["RFC7644-3.5.2-42"])
        .legal(&["400", "200 or 204, and the resource as it was"])
        .on_every_type(PATCHED),
    Check::new("patch.op-case", "The letter case of op is lower", &op_case)
        .matters("Entra ID sends Add and Replace unless a flag is set.")
        .requirements(&["RFC7644-3.5.2-08", "RFC7644-3.5.2-22"])
        .legal(&["400", "200 or 204, and the change is made"])
        .on_every_type(PATCHED),
];

/// A user with a value in a plain attribute, whose name and value come along.
async fn subject(context: &Context) -> Result<(Resource, String, Value), Stop> {
    let name = texts(context, 1)?.swap_remove(0);
    let value = json!(context.data().name());
    let user = resource_with(context, &json!({(&name): value})).await?;
    Ok((user, name, value))
}

async fn malformed_json(context: &Context) -> CheckResult {
    let (user, name, _) = subject(context).await?;
    let whole = patch_of(&json!([{"op": "replace", "path": name, "value": "x"}])).to_string();
    let request = user.request(Method::PATCH).body(whole[..whole.len() - 4].to_owned(), "application/scim+json");
    let answer = context.send(request).await?;
    let expectation = context.expect(&answer).under(&["RFC7644-3.5.2-40"]).status(&[400]);
    if answer.status == 400 {
        let keyword = answer.json().is_ok_and(|body| at(body, "scimType").is_some());
        if keyword { expectation } else { expectation.under(&["RFC7644-3.12-04"]) }.scim_type(KEYWORDS);
    }
    Ok(())
}

async fn operations_missing(context: &Context) -> CheckResult {
    let (user, name, value) = subject(context).await?;
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], (&name): "x"});
    let answer = context.send(user.request(Method::PATCH).json(&body)).await?;
    let under = &["RFC7644-3.5.2-05"];
    let expectation = context.expect(&answer).under(under).status(&[400]);
    if answer.status == 400 {
        let keyword = answer.json().is_ok_and(|body| at(body, "scimType").is_some());
        if keyword { expectation } else { expectation.under(&["RFC7644-3.12-04"]) }.scim_type(KEYWORDS);
    }
    let read = context.read(&user).await?;
    context.expect(&read).after(&answer).under(under).equals(&name, &value);
    Ok(())
}

async fn op_missing(context: &Context) -> CheckResult {
    let (user, name, value) = subject(context).await?;
    let under = &["RFC7644-3.5.2-06"];
    for operation in [json!({"path": name, "value": "x"}), json!({"op": null, "path": name, "value": "x"})] {
        let answer = expect_refusal(context, &user, &json!([operation]), under, KEYWORDS).await?;
        let read = context.read(&user).await?;
        context.expect(&read).after(&answer).under(under).equals(&name, &value);
    }
    Ok(())
}

async fn op_unknown(context: &Context) -> CheckResult {
    let (user, name, _) = subject(context).await?;
    for operation in [
        json!({"op": "move", "from": name, "path": name}),
        json!({"op": "copy", "from": name, "path": name}),
        json!({"op": "test", "path": name, "value": "x"}),
    ] {
        expect_refusal(context, &user, &json!([operation]), &["RFC7644-3.5.2-03"], KEYWORDS).await?;
    }
    for op in ["frobnicate", ""] {
        let operations = json!([{"op": op, "path": name, "value": "x"}]);
        let under = &["RFC7644-3.12-09", "RFC7644-3.5.2-07"];
        expect_refusal(context, &user, &operations, under, KEYWORDS).await?;
    }
    Ok(())
}

async fn wrong_type(context: &Context) -> CheckResult {
    need(context, &["active", "name.givenName"])?;
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({(&name): "x", "active": true})).await?;
    let under = &["RFC7644-3.5.2-18", "RFC7644-3.5.2-22"];
    for (path, value) in [
        ("active", json!("maybe")),
        ("active", json!({"value": true})),
        (&*name, json!({"value": "x"})),
        ("name", json!("Ada")),
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": value}]);
        let answer = expect_refusal(context, &user, &operations, under, KEYWORDS).await?;
        if is_done(&answer) {
            let read = context.read(&user).await?;
            let state = json!({"active": true, (&name): "x"});
            expect_state(context.expect(&read).after(&answer).under(under), &read, &state);
        }
    }
    Ok(())
}

async fn message_urn(context: &Context) -> CheckResult {
    let (user, name, _) = subject(context).await?;
    let operations = json!([{"op": "replace", "path": name, "value": context.data().name()}]);
    for body in [
        json!({"Operations": operations}),
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}),
    ] {
        let answer = context.send(user.request(Method::PATCH).json(&body)).await?;
        context.expect(&answer).status(&[400]);
    }
    Ok(())
}

async fn operations_empty(context: &Context) -> CheckResult {
    let (user, ..) = subject(context).await?;
    let before = context.read(&user).await?;
    let answer = send(context, &user, &json!([])).await?;
    context.expect(&answer).under(&["RFC7644-3.5.2-42"]).status(&[400]);
    let after = context.read(&user).await?;
    context.expect(&after).after(&answer).under(&["RFC7644-3.5.2-42"]).that(
        before.json().ok() == after.json().ok(),
        "a PATCH without operations changed the resource",
        String::from_utf8_lossy(&after.response_body),
    );
    Ok(())
}

async fn op_case(context: &Context) -> CheckResult {
    let (user, name, value) = subject(context).await?;
    let new = json!(context.data().name());
    let answer = send(context, &user, &json!([{"op": "Replace", "path": name, "value": new}])).await?;
    context.expect(&answer).under(&["RFC7644-3.5.2-08"]).status(&[400]);
    let read = context.read(&user).await?;
    let expected = if is_done(&answer) { new } else { value };
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-22"]).equals(&name, &expected);
    Ok(())
}
