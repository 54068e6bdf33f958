//! Partial changes (RFC 7644 section 3.5.2).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};

use super::context::{Resource, patch_of};
use super::{Check, Context, Outcome, Stop};

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "patch.group-add-member",
        title: "A member is added and those before it stay",
        matters: "All provisioners that keep large groups change one member at a time.",
        requirements: &["RFC7644-3.5.2-33", "RFC7644-3.5.2.1-07", "RFC7644-3.5.2.1-11", "RFC7644-3.5.2.1-12"],
        needs: &[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups],
        legal: &[
            "200 with the group or 204; a later GET lists both members",
            "200 or 204 if the member is there already, and it is listed once",
        ],
        alone: false,
        run: |context| Box::pin(group_add_member(context)),
    },
    Check {
        id: "patch.group-remove-member",
        title: "A value filter removes one member and no other",
        matters: "An endpoint that ignores the filter empties the group.",
        requirements: &["RFC7644-3.5.2-33", "RFC7644-3.5.2.2-04"],
        needs: &[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups],
        legal: &["200 with the group or 204; a later GET lists the other member only"],
        alone: false,
        run: |context| Box::pin(group_remove_member(context)),
    },
    Check {
        id: "patch.group-rename",
        title: "replace gives a group another name",
        matters: "A rename that fails leaves the provisioner with two groups for one.",
        requirements: &["RFC7644-3.5.2-33", "RFC7644-3.5.2-41", "RFC7644-3.5.2.3-02"],
        needs: &[Capability::CreateGroups, Capability::PatchGroups],
        legal: &["200 with the group or 204; a later GET shows the new displayName"],
        alone: false,
        run: |context| Box::pin(group_rename(context)),
    },
    Check {
        id: "patch.read-only",
        title: "An id cannot be changed, and nothing else of the same request is",
        matters: "Half a change is worse than none: the provisioner repeats the whole and the endpoint has both halves.",
        requirements: &["RFC7644-3.12-22", "RFC7644-3.5.2-22", "RFC7644-3.5.2-29", "RFC7644-3.5.2-31"],
        needs: &[Capability::CreateGroups, Capability::PatchGroups],
        legal: &["400 with a SCIM Error of scimType mutability, and the group as it was before"],
        alone: false,
        run: |context| Box::pin(read_only(context)),
    },
];

fn expect_change(context: &Context, answer: &std::sync::Arc<crate::endpoint::Exchange>, group: &Resource) {
    context.expect(answer).after(&group.exchange).under(&["RFC7644-3.5.2-33"]).status(&[200, 204]);
    match answer.status {
        200 => context.expect(answer).under(&["RFC7644-3.5.2-33"]).json().equals("id", &json!(group.id)),
        204 => context.expect(answer).under(&["RFC7644-3.5.2-33"]).empty(),
        _ => return,
    };
}

/// The ids of the members that a later GET lists.
async fn members(
    context: &Context,
    group: &Resource,
) -> Result<(std::sync::Arc<crate::endpoint::Exchange>, Vec<String>), Stop> {
    let read = context.read(group).await?;
    let ids = read
        .json()
        .ok()
        .and_then(|json| json.get("members"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|member| member.get("value").and_then(Value::as_str).map(str::to_owned))
        .collect();
    Ok((read, ids))
}

async fn group_add_member(context: &Context) -> Outcome {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let body = patch_of(&json!([{"op": "add", "path": "members", "value": [{"value": second.id}]}]));
    let answer = context.send(group.request(Method::PATCH).json(&body)).await?;
    expect_change(context, &answer, &group);
    if !answer.is_success() {
        return Ok(());
    }
    let mut expected = vec![first.id.clone(), second.id.clone()];
    expected.sort_unstable();
    let (read, mut found) = members(context, &group).await?;
    found.sort_unstable();
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2.1-07"]).that(
        found == expected,
        "the members are not the old one and the new one",
        format!("members {}", found.join(", ")),
    );
    let again = context.send(group.request(Method::PATCH).json(&body)).await?;
    context.expect(&again).after(&answer).under(&["RFC7644-3.5.2.1-12"]).status(&[200, 204]);
    let (read, mut found) = members(context, &group).await?;
    found.sort_unstable();
    context.expect(&read).after(&again).under(&["RFC7644-3.5.2.1-11"]).that(
        found == expected,
        "adding the same member again changed the members",
        format!("members {}", found.join(", ")),
    );
    Ok(())
}

async fn group_remove_member(context: &Context) -> Outcome {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first, &second]).await?;
    let path = format!("members[value eq {}]", json!(first.id));
    let body = patch_of(&json!([{"op": "remove", "path": path}]));
    let answer = context.send(group.request(Method::PATCH).json(&body)).await?;
    expect_change(context, &answer, &group);
    if !answer.is_success() {
        return Ok(());
    }
    let (read, found) = members(context, &group).await?;
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2.2-04"]).that(
        found == [second.id.as_str()],
        "the other member is not the only one left",
        format!("members {}", found.join(", ")),
    );
    Ok(())
}

async fn group_rename(context: &Context) -> Outcome {
    let group = context.group(&[]).await?;
    let name = context.data().name();
    let body = patch_of(&json!([{"op": "replace", "path": "displayName", "value": name}]));
    let answer = context.send(group.request(Method::PATCH).json(&body)).await?;
    expect_change(context, &answer, &group);
    if answer.is_success() {
        let read = context.read(&group).await?;
        context
            .expect(&read)
            .after(&answer)
            .under(&["RFC7644-3.5.2-41", "RFC7644-3.5.2.3-02"])
            .equals("displayName", &json!(name));
    }
    Ok(())
}

async fn read_only(context: &Context) -> Outcome {
    let group = context.group(&[]).await?;
    let before = context.read(&group).await?;
    let body = patch_of(&json!([
        {"op": "replace", "path": "displayName", "value": context.data().name()},
        {"op": "replace", "path": "id", "value": context.data().name()},
    ]));
    let answer = context.send(group.request(Method::PATCH).json(&body)).await?;
    context.expect(&answer).under(&["RFC7644-3.5.2-31", "RFC7644-3.12-22"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.5.2-22"]).error();
        context.expect(&answer).under(&["RFC7644-3.12-22"]).scim_type(&["mutability"]);
    }
    let after = context.read(&group).await?;
    context
        .expect(&after)
        .after(&answer)
        .under(&["RFC7644-3.5.2-29"])
        .equals("displayName", before.json().ok().and_then(|json| json.get("displayName")).unwrap_or(&Value::Null));
    Ok(())
}
