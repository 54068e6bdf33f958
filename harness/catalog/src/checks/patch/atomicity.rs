//! All of a PATCH or nothing of it, in the order of its operations (RFC 7644 section 3.5.2).

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Exchange;
use weir_exchange::difference::same;

use super::attribute::{need, plain, plain_one, texts};
use super::change::{expect_change, resource_with, send};
use crate::check::{Check, CheckResult, Context, On, PATCHED, Resource, Stop};
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
        .requirements(&[
            "RFC7644-3.5.2-29",
            "RFC7644-3.5.2-30",
            "RFC7644-3.5.2-31",
            "RFC7644-3.5.2-32",
            "RFC7644-3.5.2.3-09",
        ])
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

/// An operation that has to fail, and the check that judges whether it does.
struct ImpossibleOperation {
    operation: Value,
    judge: Option<&'static str>,
}

impl ImpossibleOperation {
    const fn judged_by(judge: &'static str, operation: Value) -> Self {
        Self { operation, judge: Some(judge) }
    }
}

fn impossible_operations(context: &Context) -> Vec<ImpossibleOperation> {
    let judged_by = ImpossibleOperation::judged_by;
    let mut all = vec![
        judged_by("patch.read-only", json!({"op": "replace", "path": "id", "value": context.data().name()})),
        judged_by("patch.path-unknown", json!({"op": "replace", "path": "weirNothing", "value": "x"})),
    ];
    if let Ok(naming) = context.naming()
        && (naming.flag("required") || naming.name() == "userName")
    {
        all.push(judged_by("patch.remove-required", json!({"op": "remove", "path": naming.path()})));
    }
    // These fail only when the operation is carried out (RFC 7644 section 3.5.2.3).
    if let Ok(values) = context.values() {
        let path = format!("{}[value eq \"nobody@example.com\"].value", values.path());
        let operation = json!({"op": "replace", "path": path, "value": "x@example.com"});
        all.push(judged_by("patch.value-path-without-match", operation));
    }
    if context.data().publishes(context.schema(), "members.value") {
        let nobody = json!(context.data().unknown_id());
        let path = format!("members[value eq {nobody}]");
        let operation = json!({"op": "replace", "path": path, "value": {"value": nobody}});
        all.push(ImpossibleOperation { operation, judge: None });
    }
    all
}

/// A resource whose text `name` is "before", and what a GET shows of it.
async fn unchanged(context: &Context, name: &str) -> Result<(Resource, Arc<Exchange>), Stop> {
    let resource = resource_with(context, &json!({(name): "before"})).await?;
    // Else a change within the same millisecond would not show in lastModified.
    let (mut reads, _) = outlast_clock(context, &resource).await?;
    let before = reads.pop().unwrap_or_else(|| Arc::clone(&resource.exchange));
    Ok((resource, before))
}

async fn atomic(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let (mut resource, mut before) = unchanged(context, &name).await?;
    let mut carried_out = None;
    for ImpossibleOperation { operation, judge } in impossible_operations(context) {
        let operations = json!([{"op": "replace", "path": name, "value": context.data().name()}, operation]);
        let answer = send(context, &resource, &operations).await?;
        if answer.status < 400 {
            let alone = send(context, &resource, &json!([operation])).await?;
            if alone.status < 400 {
                // To this endpoint the operation does not fail, so that there is nothing to take back.
                let Some(judge) = judge else {
                    let expectation = context.expect(&alone).after(&resource.exchange).under(&["RFC7644-3.5.2.3-09"]);
                    expectation.that(false, "an operation that has to fail is carried out", operation.to_string());
                    (resource, before) = unchanged(context, &name).await?;
                    continue;
                };
                carried_out = Some((judge, alone));
                (resource, before) = unchanged(context, &name).await?;
                continue;
            }
        }
        expect_nothing_done(context, &name, &resource, &before, &answer, &operation).await?;
    }
    let Some((judge, alone)) = carried_out else { return Ok(()) };
    let reason = "an operation that has to fail is carried out, so that there is nothing to take back".to_owned();
    Err(Stop::Blocked { reason, cause: Some(cause_of(context, judge)), exchanges: vec![alone] })
}

/// The name of the check that judges an operation: some of them run on users alone.
fn cause_of(context: &Context, judge: &'static str) -> String {
    let is_about_each = crate::checks::find(judge).is_some_and(|check| check.on == On::EveryType);
    if is_about_each { context.on_subject(judge) } else { judge.to_owned() }
}

/// The request with a failing operation is refused, and the resource is as it was.
async fn expect_nothing_done(
    context: &Context,
    name: &str,
    resource: &Resource,
    before: &Arc<Exchange>,
    answer: &Arc<Exchange>,
    failing: &Value,
) -> CheckResult {
    let expectation = context.expect(answer).after(&resource.exchange).under(&["RFC7644-3.5.2-31", "RFC7644-3.5.2-32"]);
    expectation.that(
        answer.status >= 400,
        &format!("HTTP status is {} although an operation has failed", answer.status),
        failing.to_string(),
    );
    let read = context.read(resource).await?;
    context.expect(&read).after(answer).under(&["RFC7644-3.5.2-29"]).equals(name, &json!("before"));
    for path in ["meta.version", "meta.lastModified"] {
        if let Some(value) = before.at(path) {
            let found = read.at(path).cloned().unwrap_or(Value::Null);
            context.expect(&read).after(before).after(answer).under(&["RFC7644-3.5.2-30"]).that(
                same(&found, value),
                &format!("{path} is not what it was, though the request failed"),
                found.to_string(),
            );
        }
    }
    Ok(())
}
