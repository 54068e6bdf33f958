//! Requests that come at the same time. Races are made by sending together, never by waiting.

use std::collections::BTreeSet;
use std::sync::Arc;

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};

use crate::check::{Check, CheckResult, Context, Resource, Stop, patch_of};

pub(super) const CHECKS: &[Check] = &[
    Check::new("concurrency.one-version", "Of several writers with one version exactly one succeeds", &one_version)
        .matters("Versions are for this moment; a guard that fails in a race guards nothing.")
        .requirements(&["RFC7644-3.5.1-19", "RFC7644-3.14-08"])
        .needs(&[Capability::Etag])
        .legal(&["one success, 412 (or 409) for the others"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace])
        .alone(),
    Check::new("concurrency.user-name", "Of several creations of one unique name exactly one succeeds", &user_name)
        .matters(
            "A provisioner that repeats a slow request makes two resources, and every later lookup finds the wrong one.",
        )
        .requirements(&["RFC7643-4.1.1-02", "RFC7644-3.3-12"])
        .legal(&["one 201, 409 for the others"])
        .on_every_type(&[ResourceOperation::Create])
        .alone(),
    // About groups and users at once.
    Check::new("concurrency.members", "Members that are added at the same time are all there", &members)
        .matters("Provisioners add members in parallel; one that is lost has no access and no error.")
        .requirements(&["RFC7644-3.5.2.1-07"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups])
        .legal(&["every addition that was answered with success is in the group"])
        .alone(),
    Check::new(
        "concurrency.attributes",
        "Changes of different attributes at the same time all take effect, each as a whole",
        &attributes,
    )
    .matters("Two systems own different attributes of one account; neither may undo the other.")
    .requirements(&["RFC7644-3.5.2-29"])
    .legal(&["every change that was answered with success is there; no reader sees a half of one"])
    .on_every_type(&[ResourceOperation::Create, ResourceOperation::Patch])
    .alone(),
    Check::new("concurrency.patch-after-create", "A resource can be changed as soon as it is created", &patch_after_create)
        .matters("PingOne creates an account and disables it in the next request; 404 then leaves it active.")
        .requirements(&["RFC7644-3.3-19"])
        .legal(&["200 or 204 for a PATCH right after the POST, and a GET that shows the change"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Patch])
        .alone(),
    Check::new("concurrency.deletion", "A resource that is deleted while it is changed is gone for good", &deletion)
        .matters("An account that comes back after its deletion belongs to somebody who has left.")
        .requirements(&["RFC7644-3.6-02"])
        .legal(&["after a DELETE that succeeded or found nothing, 404 for GET, whatever became of the PUT at its side"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Replace, ResourceOperation::Delete])
        .alone(),
];

fn statuses(answers: &[Arc<Exchange>]) -> String {
    answers.iter().map(|answer| answer.status.to_string()).collect::<Vec<_>>().join(", ")
}

fn replace(path: &str, value: &str) -> Value {
    json!({"op": "replace", "path": path, "value": value})
}

async fn one_version(context: &Context) -> CheckResult {
    let text = context.text(0)?;
    let resource = context.resource().await?;
    let read = context.read(&resource).await?;
    let Some(current) = read.header("etag") else { return context.unable("the resource has no ETag") };
    let writer = |_| {
        let body = context.with_new_text(&resource, &text);
        resource.request(Method::PUT).header("if-match", current).json(&body)
    };
    let answers = context.together((0..4).map(writer).collect()).await?;
    let winners = answers.iter().filter(|answer| answer.is_success()).count();
    // By HTTP's strong comparison a weak tag matches nothing, so that nobody wins (docs/explain/disputes.md, R31).
    let right = winners == 1 || (winners == 0 && current.starts_with("W/"));
    let last = answers.iter().rfind(|answer| answer.is_success()).unwrap_or(&answers[0]);
    let observed = statuses(&answers);
    context.expect(last).after(&read).that(right, "not exactly one writer succeeded", &observed);
    let refused = answers.iter().filter(|answer| !answer.is_success());
    for answer in refused.filter(|answer| !matches!(answer.status, 412 | 409)) {
        context.expect(answer).after(&read).that(false, "a writer that lost was not answered 412", &observed);
    }
    Ok(())
}

async fn user_name(context: &Context) -> CheckResult {
    let unique = context.unique()?;
    let mut body = context.body();
    if unique.values(&body).is_empty() {
        unique.put(&mut body, json!(context.data().name()));
    }
    let requests = (0..6).map(|_| Request::post(context.collection()).json(&body)).collect();
    let answers = context.together(requests).await?;
    let created = answers.iter().filter(|answer| answer.is_success()).count();
    let conflicts = answers.iter().filter(|answer| answer.status == 409).count();
    let right = created == 1 && conflicts == answers.len() - 1;
    let last = answers.iter().rfind(|answer| answer.is_success()).unwrap_or(&answers[0]);
    context.expect(last).that(right, "not exactly one creation succeeded and the others 409", statuses(&answers));
    Ok(())
}

/// Ends the check unless a member that is added alone stands beside the one before: what becomes of several at once says nothing
/// otherwise.
async fn needs_addition(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let operation = json!([{"op": "add", "path": "members", "value": [context.member(&second)]}]);
    let answer = context.send(group.request(Method::PATCH).json(&patch_of(&operation))).await?;
    let read = context.read(&group).await?;
    let shown = ids_of_members(&read);
    if !answer.is_success() || [&first, &second].into_iter().all(|user| shown.contains(user.id.as_str())) {
        return Ok(());
    }
    Err(Stop::Blocked {
        reason: "a member that is added alone is not kept beside the one before".into(),
        cause: Some("patch.group-add-member".into()),
        exchanges: vec![answer, read],
    })
}

fn ids_of_members(group: &Exchange) -> BTreeSet<&str> {
    let listed = group.at("members").and_then(Value::as_array).into_iter().flatten();
    listed.filter_map(|member| at(member, "value").and_then(Value::as_str)).collect()
}

async fn members(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let group = context.group(&[]).await?;
    let users = context.users(6).await?;
    let add = |user: &Resource| {
        let operation = json!([{"op": "add", "path": "members", "value": [context.member(user)]}]);
        group.request(Method::PATCH).json(&patch_of(&operation))
    };
    let answers = context.together(users.iter().map(add).collect()).await?;
    let read = context.read(&group).await?;
    let listed = ids_of_members(&read);
    let is_there = |user: &Resource| listed.contains(user.id.as_str());
    if users.iter().zip(&answers).any(|(user, answer)| answer.is_success() && !is_there(user)) {
        needs_addition(context).await?;
    }
    for (user, answer) in users.iter().zip(&answers) {
        let there = is_there(user) || !answer.is_success();
        let expect = context.expect(&read).after(answer);
        expect.that(there, "a member whose addition succeeded is not there", format!("{} of 6 members", listed.len()));
    }
    let succeeded = answers.iter().any(|answer| answer.is_success());
    context.expect(&answers[0]).that(succeeded, "no member could be added", statuses(&answers));
    Ok(())
}

async fn attributes(context: &Context) -> CheckResult {
    let mut names = vec![context.text(0)?.path(), context.text(1)?.path()];
    names.extend((2..4).filter_map(|n| context.text(n).ok()).map(|text| text.path()));
    let (resource, pair) = (context.resource().await?, context.resource().await?);
    let value = context.data().name();
    let change = |name: &String| resource.request(Method::PATCH).json(&patch_of(&json!([replace(name, &value)])));
    let answers = context.together(names.iter().map(change).collect()).await?;
    let read = context.read(&resource).await?;
    for (name, answer) in names.iter().zip(&answers) {
        if answer.is_success() {
            context.expect(&read).after(answer).equals(name, &json!(value));
        }
    }
    let succeeded = answers.iter().any(|answer| answer.is_success());
    context.expect(&answers[0]).that(succeeded, "no change succeeded", statuses(&answers));
    // Both attributes always get the same value, so that a reader who sees two different ones sees half a change.
    let both = |value: &str| {
        let operations = json!([replace(&names[0], value), replace(&names[1], value)]);
        pair.request(Method::PATCH).json(&patch_of(&operations))
    };
    let first = context.send(both("even")).await?;
    if !first.is_success() {
        return Ok(());
    }
    let mut requests = vec![both("odd"), both("even")];
    requests.extend((0..4).map(|_| pair.request(Method::GET)));
    for answer in context.together(requests).await?.iter().filter(|answer| answer.method == Method::GET) {
        let (one, other) = (answer.text(&names[0]), answer.text(&names[1]));
        let shown = |text: Option<&str>| text.map_or_else(|| "no value".to_owned(), |text| json!(text).to_string());
        let observed = format!("{} {}, {} {}", names[0], shown(one), names[1], shown(other));
        context.expect(answer).after(&first).that(one == other, "a reader saw half of a PATCH", observed);
    }
    Ok(())
}

async fn patch_after_create(context: &Context) -> CheckResult {
    let path = context.text(0)?.path();
    let resource = context.resource().await?;
    let name = context.data().name();
    let change = resource.request(Method::PATCH).json(&patch_of(&json!([replace(&path, &name)])));
    let answer = context.send(change).await?;
    context.expect(&answer).after(&resource.exchange).status(&[200, 204]);
    if answer.is_success() {
        let read = context.send(resource.request(Method::GET)).await?;
        context.expect(&read).after(&answer).status(&[200]).equals(&path, &json!(name));
    }
    Ok(())
}

async fn deletion(context: &Context) -> CheckResult {
    let resources = context.resources(5).await?;
    let requests = resources.iter().flat_map(|resource| {
        [resource.request(Method::PUT).json(&context.sent(resource)), resource.request(Method::DELETE)]
    });
    let answers = context.together(requests.collect()).await?;
    let mut is_asked = false;
    for (resource, answers) in resources.iter().zip(answers.chunks(2)) {
        let deletion = &answers[1];
        // An endpoint may refuse one of two changes that conflict.
        if matches!(deletion.status, 409 | 412) {
            continue;
        }
        // Where the PUT came first and put another resource in its place, there is nothing left to delete.
        let is_gone = deletion.is_success() || deletion.status == 404;
        context.expect(deletion).that(is_gone, "the deletion failed", statuses(answers));
        if is_gone {
            is_asked = true;
            let read = context.send(resource.request(Method::GET)).await?;
            context.expect(&read).after(deletion).status(&[404]);
        }
    }
    if is_asked { Ok(()) } else { context.unable("no resource that was being changed could be deleted") }
}
