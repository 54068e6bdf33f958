//! The members of groups (RFC 7643 sections 2.3.7, 2.4 and 4.2).

use std::sync::Arc;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use url::Url;
use weir_exchange::difference::at;
use weir_exchange::{Exchange, Request};
use weir_files::count::counted;

use crate::check::{Check, CheckResult, Context, Resource, Stop};
use crate::checks::patch::change::{is_done, send};
use crate::checks::patch::members::{expect_members, members};
use crate::data::GROUP;
use crate::definition::{flag, list, text};

const GROUPS: &[Capability] = &[Capability::CreateUsers, Capability::CreateGroups];
const PATCH: &[Capability] = &[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new(
        "groups.created-with-members",
        "A group is created with users as members, and a GET lists them",
        &created_with_members,
    )
    .matters("A provisioner that creates a group together with its members does not send them again.")
    .requirements(&["RFC7644-3.3-18", "RFC7643-4.2-05", "RFC7643-8.7.1-70"])
    .needs(GROUPS)
    .legal(&["201, and a later GET lists exactly these members, each by its id"]),
    Check::new("groups.member-comes-and-goes", "A member is added and removed again", &comes_and_goes)
        .matters("Rights follow membership; whoever changes departments changes groups.")
        .requirements(&["RFC7643-4.2-03", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.2-04"])
        .needs(PATCH)
        .legal(&["200 or 204 for each change, and a later GET lists exactly the right members"]),
    Check::new("groups.put-members", "A PUT adds, removes and replaces members", &put_members)
        .matters("PingFederate and Okta push the whole list of members by PUT.")
        .requirements(&["RFC7644-3.5.1-04", "RFC7644-3.5.1-16"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::ReplaceGroups])
        .legal(&["200, and a later GET lists exactly the members of the PUT"]),
    Check::new("groups.member-ids", "The value of a member is the id of a resource", &member_ids)
        .matters("Who reads a group to learn its people follows these ids.")
        .requirements(&["RFC7643-4.2-05"])
        .needs(GROUPS)
        .legal(&["each value is the id of a user or group that can be read"]),
    Check::new("groups.member-references", "The $ref of a member leads to that member", &member_references)
        .matters("Clients that follow $ref end nowhere if it holds an id, or another host.")
        .requirements(&["RFC7643-2.3.7-03", "RFC7643-2.3.7-06", "RFC7643-2.3.7-07", "RFC7643-4.2-06"])
        .needs(GROUPS)
        .legal(&["no $ref", "a URI, or a path below the base URL, at which GET answers with the resource of that id"]),
    Check::new("groups.nested", "A group has users and a group as members, each with its type", &nested)
        .matters("Directories nest groups; an endpoint that takes the inner group for a user invents a person.")
        .requirements(&["RFC7643-4.2-07", "RFC7644-3.3-18"])
        .needs(GROUPS)
        .legal(&["201, and a later GET lists both members; a type, where shown, is User and Group", "400, 403 or 501"]),
    Check::new(
        "groups.member-without-value",
        "A member without value is refused where the schema requires it",
        &member_without_value,
    )
    .matters("A member that does not exist cannot be removed again.")
    .requirements(&["RFC7643-4.2-08"])
    .needs(&[Capability::CreateGroups])
    .legal(&["400 if members.value is published as required", "anything else if not"]),
    Check::new("groups.unknown-member", "Whether a member that does not exist is refused", &unknown_member)
        .matters("A provisioner that sends a group before its people meets this on its first day.")
        .requirements(&["RFC7643-2.3.7-08", "RFC7644-3.12-32"])
        .needs(&[Capability::CreateGroups])
        .legal(&[
            "400 or 404 for POST, PATCH with add, PATCH with replace and PUT, where the endpoint looks members up",
            "success, where it does not; never a 5xx, which is a warning because the table of statuses is a SHOULD",
        ]),
    Check::new(
        "groups.reference-version",
        "References that differ only in the version of the API name the same member",
        &reference_version,
    )
    .matters("Clients that store URIs keep them when the endpoint moves to a new version.")
    .requirements(&["RFC7643-2.4-08"])
    .needs(PATCH)
    .legal(&["200 or 204 for the same member with and without version in its $ref, and it is listed once"]),
    Check::new(
        "groups.many-members",
        "A group of more than a hundred members keeps them all when one is added",
        &many_members,
    )
    .matters("Endpoints that read a page of members, change it and write it back lose everybody after the hundredth.")
    .requirements(&["RFC7644-3.3-18", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-08"])
    .needs(PATCH)
    .legal(&["200 or 204, and a later GET lists all members"]),
];

/// The members as an answer shows them.
fn shown(exchange: &Exchange) -> Vec<Value> {
    exchange.json().ok().and_then(|body| at(body, "members")).and_then(Value::as_array).cloned().unwrap_or_default()
}

async fn created_with_members(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first, &second]).await?;
    context.expect(&group.exchange).under(&["RFC7644-3.3-18"]).status(&[201]);
    let mut expected = [first.id.clone(), second.id.clone()];
    expected.sort_unstable();
    let (read, found) = members(context, &group).await?;
    let under: &'static [&'static str] = match &*found {
        [] => &["RFC7643-8.7.1-70", "RFC7644-3.3-18"],
        _ => &["RFC7643-4.2-05", "RFC7644-3.3-18"],
    };
    context.expect(&read).after(&group.exchange).under(under).that(
        found == expected,
        "the members are not those that the group was created with",
        format!("members {}", found.join(", ")),
    );
    Ok(())
}

async fn comes_and_goes(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let operations = json!([{"op": "add", "path": "members", "value": [context.member(&second)]}]);
    let under = &["RFC7643-4.2-03", "RFC7644-3.5.2.1-07"];
    expect_members(context, &group, &operations, under, &[&first, &second]).await?;
    let path = format!("members[value eq {}]", json!(second.id));
    let operations = json!([{"op": "remove", "path": path}]);
    let under = &["RFC7643-4.2-03", "RFC7644-3.5.2.2-04"];
    expect_members(context, &group, &operations, under, &[&first]).await
}

async fn put_members(context: &Context) -> CheckResult {
    let (first, second, third) = (context.user().await?, context.user().await?, context.user().await?);
    let group = context.group(&[&first, &second]).await?;
    for wanted in [&[&second, &third][..], &[&first, &second, &third], &[]] {
        let mut body = context.sent(&group);
        body["members"] = wanted.iter().map(|member| context.member(member)).collect();
        let answer = context.send(group.request(Method::PUT).json(&body)).await?;
        context.expect(&answer).after(&group.exchange).status(&[200]);
        if answer.is_success() {
            let mut expected: Vec<&str> = wanted.iter().map(|member| member.id.as_str()).collect();
            expected.sort_unstable();
            let (read, found) = members(context, &group).await?;
            context.expect(&read).after(&answer).that(
                found == expected,
                &format!("the members are not those of the PUT: {}", expected.join(", ")),
                format!("members {}", found.join(", ")),
            );
        }
    }
    Ok(())
}

async fn member_ids(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let group = context.group(&[&user]).await?;
    let read = context.read(&group).await?;
    let members = shown(&read);
    context.expect(&read).after(&group.exchange).that(!members.is_empty(), "the group lists no member", "no members");
    for member in members {
        let id = text(&member, "value").to_owned();
        let found = context.send(Request::get("/Users").segment(&id)).await?;
        context.expect(&found).after(&read).status(&[200]).equals("id", &json!(user.id));
    }
    Ok(())
}

/// The place that a reference names: absolute, or relative to the base URL.
pub(super) fn place(context: &Context, reference: &str) -> Option<Url> {
    if reference.contains("://") {
        return Url::parse(reference).ok();
    }
    let base = context.client().base_url().as_str().trim_end_matches('/');
    Url::parse(&format!("{base}/{}", reference.trim_start_matches('/'))).ok()
}

/// Follows a reference, which has to lead to the resource with this id.
pub(super) async fn follow(
    context: &Context,
    shown: &Arc<Exchange>,
    reference: &str,
    id: &str,
    under: &'static [&'static str],
) -> CheckResult {
    let Some(url) = place(context, reference).filter(|url| matches!(url.scheme(), "http" | "https")) else {
        let message = "the $ref is not a URI that can be requested";
        context.expect(shown).under(under).that(false, message, reference);
        return Ok(());
    };
    if let Some(found) = context.follow(shown, "the $ref", url).await? {
        context.expect(&found).after(shown).under(under).status(&[200]).that(
            found.text("id").is_none_or(|found| found == id),
            "the $ref leads to a resource of another id",
            found.text("id").unwrap_or_default(),
        );
    }
    Ok(())
}

async fn member_references(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let user = context.user().await?;
    let inner = context.group(&[]).await?;
    let mut body = context.data().group();
    body["members"] = json!([context.member(&user), context.member(&inner)]);
    let created = context.send(Request::post("/Groups").json(&body)).await?;
    let group = match Resource::created_by(&created, "/Groups") {
        Some(group) => group,
        None => context.group(&[&user]).await?,
    };
    let read = context.read(&group).await?;
    let members = shown(&read);
    let references: Vec<_> =
        members.iter().filter_map(|member| Some((at(member, "$ref")?.as_str()?, text(member, "value")))).collect();
    if references.is_empty() {
        return context.unable("the endpoint shows no $ref in members");
    }
    for (reference, id) in references {
        let under: &[&str] = if reference.contains("://") {
            &["RFC7643-2.3.7-06", "RFC7643-2.3.7-07", "RFC7643-4.2-06"]
        } else {
            &["RFC7643-2.3.7-03", "RFC7643-2.3.7-07", "RFC7643-4.2-06"]
        };
        follow(context, &read, reference, id, under).await?;
    }
    Ok(())
}

async fn nested(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let user = context.user().await?;
    // A group that does not list its users lists no group either.
    context.group(&[&user]).await?;
    let inner = context.group(&[]).await?;
    let mut body = context.data().group();
    body["members"] = json!([{"value": user.id, "type": "User"}, {"value": inner.id, "type": "Group"}]);
    let created = context.send(Request::post("/Groups").json(&body)).await?;
    context.expect(&created).under(&["RFC7643-4.2-07"]).status(&[201, 400, 403, 501]);
    let Some(id) = created.json().ok().and_then(|body| at(body, "id")).filter(|_| created.status == 201) else {
        return Ok(());
    };
    let read = context.send(Request::get("/Groups").segment(id.as_str().unwrap_or_default())).await?;
    let members = shown(&read);
    for (id, kind) in [(&user.id, "User"), (&inner.id, "Group")] {
        let member = members.iter().find(|member| text(member, "value") == id);
        let shown_kind = member.map_or("", |member| text(member, "type"));
        context.expect(&read).after(&created).that(
            member.is_some()
                && matches!(shown_kind, "" | "User" | "Group")
                && (shown_kind.is_empty() || shown_kind == kind),
            &format!("the member {id} is not listed as the {kind} that it is"),
            format!("members {}", Value::from(members.clone())),
        );
    }
    Ok(())
}

async fn member_without_value(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let schema = context.discovery().schema(GROUP);
    let members =
        schema.and_then(|schema| list(schema, "attributes").iter().find(|one| text(one, "name") == "members"));
    let value =
        members.and_then(|members| list(members, "subAttributes").iter().find(|one| text(one, "name") == "value"));
    let is_required = value.is_some_and(|value| flag(value, "required"));
    let mut body = context.data().group();
    body["members"] = json!([{"display": "Nobody"}]);
    let answer = context.send(Request::post("/Groups").json(&body)).await?;
    context.expect(&answer).status(if is_required { &[400] } else { &[201, 400] });
    Ok(())
}

async fn unknown_member(context: &Context) -> CheckResult {
    context.needs_published_members()?;
    let unknown = || json!([context.data().member("/Users", &context.data().unknown_id())]);
    let mut body = context.data().group();
    body["members"] = unknown();
    judge_unknown(context, &context.send(Request::post("/Groups").json(&body)).await?);
    let (patches, replaces) = (Capability::PatchGroups, Capability::ReplaceGroups);
    let offered = [patches, replaces].map(|capability| context.discovery().offers(capability));
    if offered == [false, false] {
        return Ok(());
    }
    let group = context.group(&[]).await?;
    if offered[0] {
        for op in ["add", "replace"] {
            let operations = json!([{"op": op, "path": "members", "value": unknown()}]);
            judge_unknown(context, &send(context, &group, &operations).await?);
        }
    }
    if offered[1] {
        let mut body = context.sent(&group);
        body["members"] = unknown();
        judge_unknown(context, &context.send(group.request(Method::PUT).json(&body)).await?);
    }
    Ok(())
}

/// Either is right, and an error of the endpoint is not: the mistake is the client's. The table of statuses is a SHOULD (RFC 7644
/// section 3.12), so that it is a warning.
fn judge_unknown(context: &Context, answer: &Arc<Exchange>) {
    let under: &'static [&'static str] =
        if answer.status >= 500 { &["RFC7644-3.12-32"] } else { &["RFC7643-2.3.7-08"] };
    context.expect(answer).under(under).status(&[200, 201, 204, 400, 404]);
}

/// The base URL's path without the segment that is a version, such as `v2`.
fn without_version(location: &str, base: &str) -> Option<String> {
    let rest = location.strip_prefix(base)?;
    let (before, version) = base.rsplit_once('/')?;
    let digits = version.strip_prefix(['v', 'V'])?;
    let is_version = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    is_version.then(|| format!("{before}{rest}"))
}

async fn reference_version(context: &Context) -> CheckResult {
    context.needs_of_groups(&["members.$ref"])?;
    let user = context.user().await?;
    let location = user.body().pointer("/meta/location").and_then(Value::as_str).unwrap_or_default().to_owned();
    let base = context.client().base_url().as_str().trim_end_matches('/');
    let Some(other) = without_version(&location, base) else {
        return context.not_given("the base URL ends in no version, or the user has no location below it");
    };
    let group = context.group(&[]).await?;
    let add =
        |reference: &str| json!([{"op": "add", "path": "members", "value": [{"value": user.id, "$ref": reference}]}]);
    // An endpoint that lists a member as often as it is added says nothing of its references.
    for _ in 0..2 {
        let answer = send(context, &group, &add(&location)).await?;
        let (read, found) = members(context, &group).await?;
        if !is_done(&answer) || found != [user.id.as_str()] {
            let reason = format!(
                "a member that is added with the same $ref once or twice is answered {}, and is listed {} times",
                answer.status,
                found.len()
            );
            let cause = context.caused_by("patch.group-add-member");
            return Err(Stop::Blocked { reason, cause, exchanges: vec![answer, read] });
        }
    }
    expect_members(context, &group, &add(&other), &["RFC7643-2.4-08"], &[&user]).await
}

async fn many_members(context: &Context) -> CheckResult {
    const MEMBERS: usize = 105;
    let users = context.users(MEMBERS).await?;
    let Some((first, others)) = users.split_first() else { return Ok(()) };
    let group = context.group(&[first]).await?;
    let (mut added, mut portion) = (1, MEMBERS / 2);
    let mut answer = Arc::clone(&group.exchange);
    while added < MEMBERS {
        // The last one comes alone.
        let next = portion.min(MEMBERS - 1 - added).max(1);
        let values: Vec<Value> = others[added - 1..].iter().take(next).map(|member| context.member(member)).collect();
        answer = send(context, &group, &json!([{"op": "add", "path": "members", "value": values}])).await?;
        if !answer.is_success() && matches!(answer.status, 400 | 403 | 413) && portion > 1 {
            // No RFC says how many members a request can name.
            portion /= 2;
            continue;
        }
        context.expect(&answer).after(&group.exchange).status(&[200, 204]);
        added += values.len();
    }
    let (read, found) = members(context, &group).await?;
    context.expect(&read).after(&answer).that(
        found.len() == MEMBERS,
        &format!("the group does not list its {MEMBERS} members"),
        counted(found.len() as u64, "member", "members"),
    );
    Ok(())
}
