//! What a deletion leaves of groups and members (RFC 7644 section 3.6).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::Value;

use crate::check::{Check, CheckResult, Context};
use crate::checks::patch::members::members;
use crate::definition::{list, text};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("groups.deleted-member", "A user who is deleted leaves the group", &deleted_member)
        .matters(
            "A dangling member is an error message for every reader of the group, and a right waiting for a new owner.",
        )
        .requirements(&["RFC7644-3.4.1-01", "RFC7644-3.6-06", "RFC7644-3.6-10"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::DeleteUsers])
        .legal(&[
            "204; the group can be read, without the user",
            "204; the group can be read, and still lists the user",
        ]),
    Check::new("groups.deleted-group", "A group with members is deleted, and its users stay", &deleted_group)
        .matters("Deleting a team must not delete its people, and people must not keep a team from being deleted.")
        .requirements(&["RFC7643-4.1.2-25", "RFC7644-3.4.1-01", "RFC7644-3.6-02", "RFC7644-3.6-06"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::DeleteGroups])
        .legal(&["204; the users can be read and do not show the group; the group is 404"]),
];

async fn deleted_member(context: &Context) -> CheckResult {
    let (user, other) = (context.user().await?, context.user().await?);
    let group = context.group(&[&user, &other]).await?;
    let deleted = context.send(user.request(Method::DELETE)).await?;
    // Who belongs to nothing is deleted by delete.user.
    context.expect(&deleted).after(&group.exchange).under(&["RFC7644-3.6-06"]).status(&[204]);
    if !deleted.is_success() {
        return Ok(());
    }
    let read = context.send(group.request(Method::GET)).await?;
    let under = &["RFC7644-3.4.1-01"];
    context.expect(&read).after(&deleted).under(under).status(&[200]);
    if read.status == 200 {
        let (read, found) = members(context, &group).await?;
        context.expect(&read).after(&deleted).under(under).that(
            found.contains(&other.id),
            "the deletion of one member took another one out of the group",
            format!("members {}", found.join(", ")),
        );
        context.expect(&read).after(&deleted).under(&["RFC7644-3.6-10"]).that(
            !found.contains(&user.id),
            "the group still lists the user who was deleted",
            format!("members {}", found.join(", ")),
        );
    }
    Ok(())
}

async fn deleted_group(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let group = context.group(&[&user]).await?;
    let deleted = context.send(group.request(Method::DELETE)).await?;
    context.expect(&deleted).after(&group.exchange).under(&["RFC7644-3.6-06"]).status(&[204]);
    if !deleted.is_success() {
        return Ok(());
    }
    let gone = context.send(group.request(Method::GET)).await?;
    context.expect(&gone).after(&deleted).under(&["RFC7644-3.6-02"]).status(&[404]);
    let read = context.send(user.request(Method::GET)).await?;
    context.expect(&read).after(&deleted).under(&["RFC7644-3.4.1-01"]).status(&[200]);
    let groups = read.json().map_or(&[][..], |body| list(body, "groups"));
    context.expect(&read).after(&deleted).under(&["RFC7643-4.1.2-25"]).that(
        groups.iter().all(|one| text(one, "value") != group.id),
        "the user still shows the group that was deleted",
        format!("groups {}", Value::from(groups)),
    );
    Ok(())
}
