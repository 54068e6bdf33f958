//! Partial changes of groups: their name and their members.

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Exchange;
use weir_exchange::difference::at;

use super::change::{is_done, send};
use crate::check::{Check, CheckResult, Context, Resource, Stop};
use crate::data::GROUP;

const MEMBERS: &[Capability] = &[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups];
const DONE: &[&str] = &["200 with the group or 204; a later GET lists exactly the right members"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.group-rename", "replace gives a group another name", &group_rename)
        .matters("A rename that fails leaves the provisioner with two groups for one.")
        .requirements(&["RFC7644-3.5.2-33", "RFC7644-3.5.2-41", "RFC7644-3.5.2.3-02"])
        .needs(&[Capability::CreateGroups, Capability::PatchGroups])
        .legal(&["200 with the group or 204; a later GET shows the new displayName"]),
    Check::new("patch.group-add-member", "A member is added and those before it stay", &group_add_member)
        .matters("All provisioners that keep large groups change one member at a time.")
        .requirements(&["RFC7644-3.5.2-33", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-11", "RFC7644-3.5.2.1-12"])
        .needs(MEMBERS)
        .legal(&[
            "200 with the group or 204; a later GET lists both members",
            "200 or 204 if the member is there already, and it is listed once",
        ]),
    Check::new("patch.group-add-members", "Several members are added by one operation", &group_add_members)
        .matters("A push of a whole group sends them by the hundred.")
        .requirements(&["RFC7644-3.5.2.1-08"])
        .needs(MEMBERS)
        .legal(DONE),
    Check::new("patch.group-remove-member", "A value filter removes one member and no other", &group_remove_member)
        .matters("An endpoint that ignores the filter empties the group.")
        .requirements(&["RFC7644-3.5.2-33", "RFC7644-3.5.2.2-04"])
        .needs(MEMBERS)
        .legal(DONE),
    Check::new(
        "patch.group-remove-all-members",
        "remove of members without filter empties the group",
        &group_remove_all_members,
    )
    .matters("An empty group keeps its rights for the next people; it is not deleted instead.")
    .requirements(&["RFC7644-3.5.2.2-03"])
    .needs(MEMBERS)
    .legal(&["200 with the group or 204; a later GET lists no members"]),
    Check::new(
        "patch.group-replace-members",
        "replace of members sets exactly that list, an empty one too",
        &group_replace_members,
    )
    .matters("Okta's push sends the whole list; endpoints that append never take anybody out.")
    .requirements(&["RFC7643-2.5-04", "RFC7644-3.5.2.3-12"])
    .needs(MEMBERS)
    .legal(DONE),
    Check::new(
        "patch.group-members-without-path",
        "members in a value without path are replaced by replace and extended by add",
        &group_members_without_path,
    )
    .matters("Okta and authentik send members this way.")
    .requirements(&["RFC7644-3.5.2.1-04", "RFC7644-3.5.2.3-10"])
    .needs(MEMBERS)
    .legal(DONE),
    Check::new(
        "patch.group-swap-members",
        "One request takes one member out and brings another one in",
        &group_swap_members,
    )
    .matters("Two people change places; an endpoint that carries out one operation leaves both or none.")
    .requirements(&["RFC7644-3.5.2.2-14"])
    .needs(MEMBERS)
    .legal(DONE),
    Check::new(
        "patch.group-remove-stranger",
        "Removing a user who is not a member changes nothing",
        &group_remove_stranger,
    )
    .matters("A provisioner repeats a removal whose answer was lost.")
    .requirements(&["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-11"])
    .needs(MEMBERS)
    .legal(&["200 or 204, and the members as they were", "400 with scimType noTarget"]),
];

/// The ids of the members that a later GET lists, sorted.
pub(in crate::checks) async fn members(
    context: &Context,
    group: &Resource,
) -> Result<(Arc<Exchange>, Vec<String>), Stop> {
    let read = context.read(group).await?;
    let mut ids: Vec<String> = read
        .at("members")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|member| at(member, "value").and_then(Value::as_str).map(str::to_owned))
        .collect();
    ids.sort_unstable();
    Ok((read, ids))
}

/// Whether the change was answered as a success; says so if not.
fn expect_success(context: &Context, answer: &Arc<Exchange>, group: &Resource, under: &'static [&'static str]) -> bool {
    context.expect(answer).after(&group.exchange).under(under).status(&[200, 204]);
    is_done(answer)
}

/// Makes a change that has to succeed, and compares the members that a later GET lists.
pub(in crate::checks) async fn expect_members(
    context: &Context,
    group: &Resource,
    operations: &Value,
    under: &'static [&'static str],
    after: &[&Resource],
) -> CheckResult {
    let answer = send(context, group, operations).await?;
    let selects = |operation: &Value| operation["path"].as_str().is_some_and(|path| path.contains('['));
    if (400..500).contains(&answer.status) && operations.as_array().into_iter().flatten().any(selects) {
        needs_removal(context).await?;
    }
    if expect_success(context, &answer, group, under) {
        let (read, found) = members(context, group).await?;
        let mut expected: Vec<&str> = after.iter().map(|member| member.id.as_str()).collect();
        expected.sort_unstable();
        context.expect(&read).after(&answer).under(under).that(
            found == expected,
            &format!("members is not [{}] in a later GET", expected.join(", ")),
            format!("members {}", found.join(", ")),
        );
    }
    Ok(())
}

/// Ends the check where a member cannot be taken out by a path with a filter at all: the refusal says nothing of what the check adds.
async fn needs_removal(context: &Context) -> CheckResult {
    const JUDGED_BY: &str = "patch.group-remove-member";
    if context.check().id == JUDGED_BY {
        return Ok(());
    }
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first, &second]).await?;
    let path = format!("members[value eq {}]", json!(first.id));
    let answer = send(context, &group, &json!([{"op": "remove", "path": path}])).await?;
    if is_done(&answer) {
        return Ok(());
    }
    Err(Stop::Blocked {
        reason: format!("removing one member by a filter is answered {}", answer.outcome()),
        cause: Some(JUDGED_BY.to_owned()),
        exchanges: vec![answer],
    })
}

async fn group_rename(context: &Context) -> CheckResult {
    context.needs_of_groups(&["displayName"])?;
    context.needs_changeable(GROUP, "displayName")?;
    let group = context.group(&[]).await?;
    let name = context.data().name();
    let operations = json!([{"op": "replace", "path": "displayName", "value": name}]);
    let answer = send(context, &group, &operations).await?;
    if expect_success(context, &answer, &group, &["RFC7644-3.5.2-33", "RFC7644-3.5.2-41"]) {
        let read = context.read(&group).await?;
        let expectation = context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-41", "RFC7644-3.5.2.3-02"]);
        expectation.equals("displayName", &json!(name));
    }
    Ok(())
}

async fn group_add_member(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let operations = json!([{"op": "add", "path": "members", "value": [context.member(&second)]}]);
    let answer = send(context, &group, &operations).await?;
    if !expect_success(context, &answer, &group, &["RFC7644-3.5.2-33", "RFC7644-3.5.2.1-07"]) {
        return Ok(());
    }
    let mut expected = vec![first.id.clone(), second.id.clone()];
    expected.sort_unstable();
    let (read, found) = members(context, &group).await?;
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2.1-07"]).that(
        found == expected,
        "the members are not the old one and the new one",
        format!("members {}", found.join(", ")),
    );
    let shown = found;
    let again = send(context, &group, &operations).await?;
    context.expect(&again).after(&answer).under(&["RFC7644-3.5.2.1-12"]).status(&[200, 204]);
    let (read, found) = members(context, &group).await?;
    context.expect(&read).after(&again).under(&["RFC7644-3.5.2.1-11"]).that(
        found == shown,
        "adding the same member again changed the members",
        format!("members {}", found.join(", ")),
    );
    Ok(())
}

async fn group_add_members(context: &Context) -> CheckResult {
    let (first, second, third) = (context.user().await?, context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let operations =
        json!([{"op": "add", "path": "members", "value": [context.member(&second), context.member(&third)]}]);
    expect_members(context, &group, &operations, &["RFC7644-3.5.2.1-08"], &[&first, &second, &third]).await
}

async fn group_remove_member(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first, &second]).await?;
    let path = format!("members[value eq {}]", json!(first.id));
    let operations = json!([{"op": "remove", "path": path}]);
    expect_members(context, &group, &operations, &["RFC7644-3.5.2-33", "RFC7644-3.5.2.2-04"], &[&second]).await
}

async fn group_remove_all_members(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first, &second]).await?;
    let operations = json!([{"op": "remove", "path": "members"}]);
    expect_members(context, &group, &operations, &["RFC7644-3.5.2.2-03"], &[]).await
}

async fn group_replace_members(context: &Context) -> CheckResult {
    let (first, second, third) = (context.user().await?, context.user().await?, context.user().await?);
    let group = context.group(&[&first, &second]).await?;
    let operations =
        json!([{"op": "replace", "path": "members", "value": [context.member(&second), context.member(&third)]}]);
    expect_members(context, &group, &operations, &["RFC7644-3.5.2.3-12"], &[&second, &third]).await?;
    let operations = json!([{"op": "replace", "path": "members", "value": []}]);
    expect_members(context, &group, &operations, &["RFC7643-2.5-04", "RFC7644-3.5.2.3-12"], &[]).await
}

async fn group_members_without_path(context: &Context) -> CheckResult {
    let (first, second, third) = (context.user().await?, context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let operations = json!([{"op": "replace", "value": {"members": [context.member(&second)]}}]);
    expect_members(context, &group, &operations, &["RFC7644-3.5.2.3-10"], &[&second]).await?;
    // What the first request left is for its own expectation.
    let (_, before) = members(context, &group).await?;
    let of = [&first, &second].into_iter().filter(|member| before.contains(&member.id));
    let expected: Vec<&Resource> = of.chain([&third]).collect();
    let operations = json!([{"op": "add", "value": {"members": [context.member(&third)]}}]);
    expect_members(context, &group, &operations, &["RFC7644-3.5.2.1-04"], &expected).await
}

async fn group_swap_members(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let path = format!("members[value eq {}]", json!(first.id));
    let operations = json!([
        {"op": "remove", "path": path},
        {"op": "add", "path": "members", "value": [context.member(&second)]},
    ]);
    expect_members(context, &group, &operations, &["RFC7644-3.5.2.2-14"], &[&second]).await
}

async fn group_remove_stranger(context: &Context) -> CheckResult {
    let (first, stranger) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let path = format!("members[value eq {}]", json!(stranger.id));
    let answer = send(context, &group, &json!([{"op": "remove", "path": path}])).await?;
    let expectation = context.expect(&answer).after(&group.exchange).under(&["RFC7644-3.5.2.2-11"]);
    let expectation = expectation.status(&[200, 204]);
    if !is_done(&answer) {
        expectation.status(&[400]).scim_type(&["noTarget"]);
    }
    let (read, found) = members(context, &group).await?;
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2.2-04"]).that(
        found == [first.id.as_str()],
        "removing somebody who is not a member changed the members",
        format!("members {}", found.join(", ")),
    );
    Ok(())
}
