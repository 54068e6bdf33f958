//! Making a partial change and looking at what became of it.

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::{assigned, at, differences};
use weir_exchange::{Exchange, Request};

use crate::check::{Context, Expectation, Resource, Stop, patch_of};
use crate::definition::flag;

/// The user's enterprise extension (RFC 7643 section 4.3).
pub(in crate::checks) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A PATCH, and what the resource was seen to be afterwards.
pub(in crate::checks) struct WatchedPatch {
    pub answer: Arc<Exchange>,
    /// A GET after it; nothing where it was not carried out.
    pub after: Option<Arc<Exchange>>,
}

/// Sends the operations between two reads, by which the rule `bystanders.patch` judges what they do not name (RFC 7644 sections
/// 3.2 and 3.5.2).
pub(in crate::checks) async fn send(
    context: &Context,
    resource: &Resource,
    operations: &Value,
) -> Result<Arc<Exchange>, Stop> {
    Ok(send_watched(context, resource, operations, false).await?.answer)
}

/// As [`send`], where an earlier GET may have shown the state before (`was_read`).
pub(in crate::checks) async fn send_watched(
    context: &Context,
    resource: &Resource,
    operations: &Value,
    was_read: bool,
) -> Result<WatchedPatch, Stop> {
    if !was_read {
        context.send(resource.request(Method::GET)).await?;
    }
    let answer = context.send(resource.request(Method::PATCH).json(&patch_of(operations))).await?;
    if !is_done(&answer) {
        return Ok(WatchedPatch { answer, after: None });
    }
    let after = context.send(resource.request(Method::GET)).await?;
    Ok(WatchedPatch { answer, after: Some(after) })
}

/// Creates a resource of the subject like any other, but with these attributes; null leaves one out. A check that runs on users
/// alone creates a user. The check is skipped where an attribute was seen not to be kept, because nothing is there to change.
pub(in crate::checks) async fn resource_with(context: &Context, attributes: &Value) -> Result<Resource, Stop> {
    let named = attributes.as_object().into_iter().flatten().map(|(name, _)| name);
    context.needs_kept(&named.filter(|name| *name != "members").collect::<Vec<_>>())?;
    let mut body = context.body();
    for (name, value) in attributes.as_object().into_iter().flatten() {
        if value.is_null() {
            if let Some(members) = body.as_object_mut() {
                members.remove(name);
            }
        } else {
            body[name] = value.clone();
        }
    }
    if attributes.get(ENTERPRISE).is_some()
        && let Some(schemas) = body["schemas"].as_array_mut()
        && !schemas.contains(&json!(ENTERPRISE))
    {
        schemas.push(json!(ENTERPRISE));
    }
    // A group has a member, whom a change of something else must leave alone.
    if context.collection() == "/Groups"
        && body.get("members").is_none()
        && context.data().publishes(context.schema(), "members.value")
        && context.discovery().offers(Capability::CreateUsers)
        && context.discovery().resource_type("/Users").is_some()
    {
        body["members"] = json!([{"value": context.user().await?.id}]);
    }
    context.create(context.collection(), &body).await
}

/// An email of this type, as far as the endpoint keeps that. An `other` has no type where `other` is not among the canonical values:
/// no path selects it.
pub(in crate::checks) fn email(context: &Context, kind: &str) -> Value {
    let mut email = json!({"value": context.data().new_address()});
    if context.loses("emails.type") {
        return email;
    }
    if kind != "other" || context.takes("emails.type", &json!(kind)) {
        email["type"] = json!(kind);
    }
    // An operation that adds it has to bring what is required of it. At most one value is primary.
    let body = json!({"emails": [email]});
    let mut email = context.data().with_required_parts("/Users", &body)["emails"][0].clone();
    if flag(&email, "primary") {
        email["primary"] = json!(false);
    }
    email
}

/// Whether the endpoint says that it did what was asked.
pub(in crate::checks) fn is_done(answer: &Exchange) -> bool {
    matches!(answer.status, 200 | 204)
}

/// Makes the change, which has to succeed, and compares what a later GET shows with `after`, as [`expect_state`] does. The
/// answer, if the change was made.
pub(in crate::checks) async fn expect_change(
    context: &Context,
    resource: &Resource,
    operations: &Value,
    under: &'static [&'static str],
    after: &Value,
) -> Result<Option<Arc<Exchange>>, Stop> {
    context.needs_kept(&operands(operations))?;
    let patched = send_watched(context, resource, operations, false).await?;
    Ok(expect_effect(context, resource, patched, under, after))
}

/// The change has succeeded, and the GET after it shows `after`.
pub(in crate::checks) fn expect_effect(
    context: &Context,
    resource: &Resource,
    WatchedPatch { answer, after: read }: WatchedPatch,
    under: &'static [&'static str],
    after: &Value,
) -> Option<Arc<Exchange>> {
    context.expect(&answer).after(&resource.exchange).under(under).status(&[200, 204]);
    // What was changed is still there.
    let read = read?;
    let expectation = context.expect(&read).after(&answer).under(under).status(&[200]);
    if read.status == 200 {
        expect_state(expectation, &read, after);
    }
    Some(answer)
}

/// The attributes that the operations find values by: those of their paths, and the sub-attributes that the filters of the paths
/// compare.
fn operands(operations: &Value) -> Vec<String> {
    let paths = operations.as_array().into_iter().flatten().filter_map(|one| at(one, "path").and_then(Value::as_str));
    let mut operands = Vec::new();
    for path in paths.filter(|path| !path.starts_with("members")) {
        match path.split_once('[') {
            Some((values, filter)) => {
                let part = filter.split([' ', ']']).next().unwrap_or_default();
                operands.extend([values.to_owned(), format!("{values}.{part}")]);
            }
            None => operands.push(path.to_owned()),
        }
    }
    operands
}

/// Ends the check where its operation was refused, and the endpoint does not carry out the plain one either, which `judged_by` asks
/// for: the refusal says nothing of what the check adds to it.
///
/// # Errors
/// The check is blocked by `judged_by`.
pub(in crate::checks) async fn needs_plain(
    context: &Context,
    refusal: &Exchange,
    attributes: &Value,
    operation: &Value,
    judged_by: &'static str,
) -> Result<(), Stop> {
    if !(400..500).contains(&refusal.status) || context.check().id == judged_by {
        return Ok(());
    }
    let user = resource_with(context, attributes).await?;
    let answer = context.send(user.request(Method::PATCH).json(&patch_of(&json!([operation])))).await?;
    if is_done(&answer) {
        return Ok(());
    }
    Err(Stop::Blocked {
        reason: format!("an operation as plain as {operation} is answered {}", answer.outcome()),
        cause: Some(judged_by.to_owned()),
        exchanges: vec![answer],
    })
}

/// As [`expect_change`], with operations that select values of `emails` by a filter: where the endpoint does not select values at
/// all, its refusal says nothing of what the check adds to it.
pub(in crate::checks) async fn expect_change_of_selected(
    context: &Context,
    resource: &Resource,
    operations: &Value,
    under: &'static [&'static str],
    after: &Value,
) -> Result<Option<Arc<Exchange>>, Stop> {
    context.needs_kept(&operands(operations))?;
    let patched = send_watched(context, resource, operations, false).await?;
    let is_removal = operations.as_array().into_iter().flatten().all(|operation| operation["op"] == "remove");
    if is_removal {
        needs_removal_of_values(context, &patched.answer).await?;
    } else {
        needs_value_paths(context, &patched.answer).await?;
    }
    Ok(expect_effect(context, resource, patched, under, after))
}

/// Ends the check where a value of `emails` cannot be replaced by a path with a filter at all.
pub(in crate::checks) async fn needs_value_paths(context: &Context, refusal: &Exchange) -> Result<(), Stop> {
    let emails = ["work", "home", "other"].map(|kind| email(context, kind));
    let operation = json!({"op": "replace", "path": "emails[type eq \"home\"]", "value": email(context, "home")});
    needs_plain(context, refusal, &json!({"emails": emails}), &operation, "patch.value-path-record").await
}

async fn needs_removal_of_values(context: &Context, refusal: &Exchange) -> Result<(), Stop> {
    let emails = ["work", "home"].map(|kind| email(context, kind));
    let operation = json!({"op": "remove", "path": format!("emails[value eq {}]", emails[1]["value"])});
    needs_plain(context, refusal, &json!({"emails": emails}), &operation, "patch.remove-values").await
}

/// The resource has everything that `state` says: a null has no value, and a list has exactly these values, each with at
/// least what is said of it, in any order. What the endpoint was seen not to keep is not expected.
pub(in crate::checks) fn expect_state(mut expectation: Expectation<'_>, read: &Exchange, state: &Value) {
    let state = &expectation.context().kept(state);
    let Ok(body) = read.json() else {
        expectation.json();
        return;
    };
    for (name, expected) in state.as_object().into_iter().flatten() {
        expectation = match expected {
            Value::Null => expectation.lacks(name),
            Value::Array(values) => {
                let found = at(body, name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                expectation.that(
                    is_list_of(values, found),
                    &format!("{name} does not hold exactly the expected values, {expected}"),
                    format!("{name} {}", Value::from(found)),
                )
            }
            _ => expectation.holds(&json!({name: expected})),
        };
    }
}

/// Whether the values found are the expected ones, each with at least what is said of it, in any order.
pub(in crate::checks) fn is_list_of(expected: &[Value], found: &[Value]) -> bool {
    let mut rest: Vec<&Value> = found.iter().collect();
    expected.len() == found.len()
        && expected.iter().all(|expected| {
            rest.iter()
                .position(|found| differences(expected, found).is_empty())
                .map(|place| rest.remove(place))
                .is_some()
        })
}

/// The operations have to be refused with 400. If the Error names a keyword, it is one of `keywords`; if it names none,
/// that is a matter of RFC 7644 section 3.12, which makes the keyword optional.
pub(in crate::checks) async fn expect_refusal(
    context: &Context,
    resource: &Resource,
    operations: &Value,
    under: &'static [&'static str],
    keywords: &[&str],
) -> Result<Arc<Exchange>, Stop> {
    let answer = send(context, resource, operations).await?;
    let expectation = context.expect(&answer).after(&resource.exchange).under(under).status(&[400]);
    if answer.status == 400 {
        if answer.json().is_ok_and(|body| assigned(body, "scimType").is_some()) {
            expectation.scim_type(keywords);
        } else {
            expectation.under(&["RFC7644-3.12-04"]).scim_type(keywords);
        }
    }
    Ok(answer)
}

/// Whether the user of this name, whom the answer to `userName eq NAME and PRESENT` shows, is found by what the second part says:
/// an endpoint that does not follow such a filter finds the user with any name.
pub(in crate::checks) async fn is_told_apart(context: &Context, user: &Resource, present: &str) -> Result<bool, Stop> {
    let nobody = json!(context.data().new_user_name());
    let filter = format!("userName eq {nobody} and {present}");
    let found = context.look_up(Request::get("/Users").query("filter", &filter)).await?;
    Ok(found.status == 200 && !ids(&found).contains(&user.id.as_str()))
}

/// What a filter finds: the ids of the resources, or none if it cannot be asked.
pub(in crate::checks) fn ids(exchange: &Exchange) -> Vec<&str> {
    exchange
        .json()
        .ok()
        .and_then(|body| at(body, "Resources"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|resource| at(resource, "id").and_then(Value::as_str))
        .collect()
}
