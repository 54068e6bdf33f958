//! All of a PATCH or nothing of it, in the order of its operations (RFC 7644 section 3.5.2).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::{at, same};

use super::attribute::{need, plain, plain_one, texts};
use super::change::{expect_change, resource_with, send};
use crate::check::{Check, CheckResult, Context, PATCHED};
use crate::checks::common_attributes::meta::outlast_clock;

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const DONE: &[&str] = &["200 with the user or 204, and a later GET shows the new state"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new(
        "patch.several-operations",
        "Several operations of one request are all carried out",
        &several_operations,
    )
    .matters("Provisioners bundle what changed; one that is dropped is never sent again.")
    .requirements(&["RFC7644-3.5.2-27"])
    .needs(USERS)
    .legal(DONE),
    Check::new(
        "patch.order",
        "Operations are carried out in their order, each on the result of the one before",
        &order,
    )
    .matters("Clients clear a value and set it again in one request.")
    .requirements(&["RFC7644-3.5.2-27"])
    .legal(DONE)
    .on_every_type(PATCHED),
    Check::new("patch.atomic", "When one operation fails, none is carried out", &atomic)
        .matters("Half a change is worse than none: the client repeats the whole, and the endpoint has both halves.")
        .requirements(&["RFC7644-3.5.2-29", "RFC7644-3.5.2-30", "RFC7644-3.5.2-31", "RFC7644-3.5.2-32"])
        .legal(&[
            "400 with a SCIM Error; a later GET shows the resource as it was, with its old version and lastModified",
        ])
        .on_every_type(PATCHED),
];

async fn several_operations(context: &Context) -> CheckResult {
    need(context, &["name.familyName", "active"])?;
    let names = plain(context, 2)?;
    let before = json!({(&names[0]): "x", (&names[1]): null, "active": true});
    let user = resource_with(context, &before).await?;
    let value = context.data().name();
    let operations = json!([
        {"op": "remove", "path": names[0]},
        {"op": "add", "path": names[1], "value": value},
        {"op": "replace", "path": "name.familyName", "value": "Sample"},
        {"op": "replace", "value": {"active": false}},
    ]);
    let after = json!({(&names[0]): null, (&names[1]): value, "name": {"familyName": "Sample"}, "active": false});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2-27"], &after).await?;
    Ok(())
}

async fn order(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({(&name): "x"})).await?;
    let operations = json!([
        {"op": "replace", "path": name, "value": "first"},
        {"op": "remove", "path": name},
        {"op": "add", "path": name, "value": "second"},
        {"op": "replace", "path": name, "value": "third"},
    ]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2-27"], &json!({(name): "third"})).await?;
    Ok(())
}

async fn atomic(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let user = resource_with(context, &json!({(&name): "before"})).await?;
    // Else a change within the same millisecond would not show in lastModified.
    let (reads, _) = outlast_clock(context, &user).await?;
    let before = &reads[reads.len() - 1];
    let stored = |path: &str| before.json().ok().and_then(|body| at(body, path)).cloned();
    let mut impossible = vec![
        json!({"op": "replace", "path": "id", "value": context.data().name()}),
        json!({"op": "replace", "path": "weirNothing", "value": "x"}),
    ];
    if let Ok(naming) = context.naming()
        && (naming.flag("required") || naming.name() == "userName")
    {
        impossible.push(json!({"op": "remove", "path": naming.path()}));
    }
    // These fail only when the operation is carried out (RFC 7644 section 3.5.2.3).
    if let Ok(values) = context.values() {
        let path = format!("{}[value eq \"nobody@example.com\"].value", values.path());
        impossible.push(json!({"op": "replace", "path": path, "value": "x@example.com"}));
    }
    if context.data().publishes(context.schema(), "members.value") {
        let nobody = json!(context.data().unknown_id());
        let path = format!("members[value eq {nobody}]");
        impossible.push(json!({"op": "replace", "path": path, "value": {"value": nobody}}));
    }
    for failing in impossible {
        let operations = json!([{"op": "replace", "path": name, "value": context.data().name()}, failing]);
        let answer = send(context, &user, &operations).await?;
        let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2-31"]);
        let refused = answer.status >= 400;
        let expectation = expectation.that(
            refused,
            &format!("the status is {} where an operation has failed", answer.status),
            failing.to_string(),
        );
        if refused {
            expectation.under(&["RFC7644-3.5.2-32"]).error();
        }
        let read = context.read(&user).await?;
        let expectation = context.expect(&read).after(&answer);
        let expectation = expectation.under(&["RFC7644-3.5.2-29"]).equals(&name, &json!("before"));
        for path in ["meta.version", "meta.lastModified"] {
            if let Some(value) = stored(path) {
                let found = read.json().ok().and_then(|body| at(body, path)).cloned().unwrap_or(Value::Null);
                context.expect(&read).after(before).after(&answer).under(&["RFC7644-3.5.2-30"]).that(
                    same(&found, &value),
                    &format!("{path} is not what it was, though the request failed"),
                    found.to_string(),
                );
            }
        }
        drop(expectation);
    }
    Ok(())
}
