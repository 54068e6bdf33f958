//! The groups of a user (RFC 7643 section 4.1.2), which the endpoint shows from the members of groups, if it does.

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;

use super::members::follow;
use crate::check::{Check, CheckResult, Context, Resource, Stop};
use crate::checks::patch::change::send;
use crate::data::USER;
use crate::definition::{list, text};

const GROUPS: &[Capability] = &[Capability::CreateUsers, Capability::CreateGroups];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("groups.of-user", "A user shows the groups that it is a member of", &of_user)
        .matters("Reviews of who may do what start from the user; without this every group has to be read.")
        .requirements(&["RFC7643-4.1.2-21"])
        .needs(GROUPS)
        .legal(&["groups with the id of the group", "no groups, for endpoints that do not show them on users"]),
    Check::new(
        "groups.of-user-resolve",
        "The groups of a user are groups that exist, direct or indirect",
        &of_user_resolve,
    )
    .matters("A value that is a name, or the id of something else, leads reviewers and programs astray.")
    .requirements(&["RFC7643-4.1.2-22", "RFC7643-4.1.2-25", "RFC7643-4.1.2-26"])
    .needs(GROUPS)
    .legal(&["each value is the id of a Group; a $ref leads to it; a type is direct or indirect"]),
    Check::new(
        "groups.of-user-direct",
        "A membership that is shown as direct ends when the member is removed from that group",
        &of_user_direct,
    )
    .matters("Rights that are shown and cannot be taken away at the place shown stay for ever.")
    .requirements(&["RFC7643-4.1.2-23", "RFC7643-4.1.2-25"])
    .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups])
    .legal(&["200 or 204 for the removal, and a later GET of the user does not show the group"]),
    Check::new(
        "groups.of-user-indirect",
        "A membership through another group is shown as indirect, if it is shown",
        &of_user_indirect,
    )
    .matters("A reviewer who takes it for direct looks for the user in a group that does not list it.")
    .requirements(&["RFC7643-4.1.2-24"])
    .needs(GROUPS)
    .legal(&["the outer group is not shown", "the outer group is shown with type indirect, or without type"]),
    Check::new(
        "groups.of-user-read-only",
        "The groups of a user cannot be written through the user",
        &of_user_read_only,
    )
    .matters("An endpoint that takes them lets a user's editor grant rights that only a group's owner may grant.")
    .requirements(&["RFC7643-4.1.2-28", "RFC7644-3.12-04"])
    .needs(GROUPS)
    .legal(&[
        "201 and 200 with groups ignored; 400 with scimType mutability for a PATCH; the group has no such member",
    ]),
];

/// A group with a user, what a GET of the user shows, and the groups in it.
async fn member(
    context: &Context,
) -> Result<(Resource, Resource, std::sync::Arc<weir_exchange::Exchange>, Vec<Value>), Stop> {
    let user = context.user().await?;
    let group = context.group(&[&user]).await?;
    let read = context.read(&user).await?;
    let groups = read.json().map_or_else(|_| Vec::new(), |body| list(body, "groups").to_vec());
    Ok((user, group, read, groups))
}

/// Whether a new user is in a group at once: an endpoint may put each account into one of its own, which filters by members then find
/// too.
pub(in crate::checks) async fn is_in_a_group(context: &Context, user: &Resource) -> Result<bool, Stop> {
    let read = context.read(user).await?;
    Ok(read.json().is_ok_and(|body| !list(body, "groups").is_empty()))
}

/// The reason for which a check that filters by members cannot ask.
pub(in crate::checks) const IN_A_GROUP: &str =
    "a new user is in a group of the endpoint's own at once, which a filter by members finds too";

const NOT_SHOWN: &str = "the endpoint does not show groups on users";

async fn of_user(context: &Context) -> CheckResult {
    let (_, group, read, groups) = member(context).await?;
    context.expect(&read).after(&group.exchange).that(
        groups.iter().any(|one| text(one, "value") == group.id),
        "the user does not show the group that it is a member of",
        format!("groups {}", Value::from(groups.clone())),
    );
    Ok(())
}

async fn of_user_resolve(context: &Context) -> CheckResult {
    let (_, group, read, groups) = member(context).await?;
    if groups.is_empty() {
        return context.unable(NOT_SHOWN);
    }
    let under: &'static [&'static str] = &["RFC7643-4.1.2-25"];
    // The endpoint may put each user into a group of its own besides.
    context.expect(&read).after(&group.exchange).under(under).that(
        groups.iter().any(|shown| text(shown, "value") == group.id),
        "none of the user's groups is the one that it is a member of",
        Value::from(groups.clone()).to_string(),
    );
    for shown in &groups {
        let id = text(shown, "value");
        let found = context.send(Request::get("/Groups").segment(id)).await?;
        context.expect(&found).after(&read).under(under).status(&[200]);
        if let Some(reference) = at(shown, "$ref").and_then(Value::as_str) {
            follow(context, &read, reference, id, &["RFC7643-4.1.2-26"]).await?;
        }
        if let Some(kind) = at(shown, "type").filter(|kind| !kind.is_null()) {
            context.expect(&read).under(&["RFC7643-4.1.2-22"]).that(
                matches!(kind.as_str(), Some("direct" | "indirect")),
                "the type of a membership is neither direct nor indirect",
                kind.to_string(),
            );
        }
    }
    Ok(())
}

async fn of_user_direct(context: &Context) -> CheckResult {
    let (user, group, read, groups) = member(context).await?;
    let shown = groups.iter().find(|one| text(one, "value") == group.id);
    let Some(shown) = shown else { return context.unable(NOT_SHOWN) };
    if !matches!(text(shown, "type"), "direct" | "") {
        return context.unable("the endpoint does not show the membership as direct");
    }
    let path = format!("members[value eq {}]", json!(user.id));
    let answer = send(context, &group, &json!([{"op": "remove", "path": path}])).await?;
    context.expect(&answer).after(&read).under(&["RFC7643-4.1.2-23"]).status(&[200, 204]);
    if answer.is_success() {
        let after = context.read(&user).await?;
        let groups = after.json().map_or(&[][..], |body| list(body, "groups"));
        context.expect(&after).after(&answer).under(&["RFC7643-4.1.2-23", "RFC7643-4.1.2-25"]).that(
            groups.iter().all(|one| text(one, "value") != group.id),
            "the user still shows the group from which it was removed",
            format!("groups {}", Value::from(groups)),
        );
    }
    Ok(())
}

async fn of_user_indirect(context: &Context) -> CheckResult {
    let (user, inner, _, groups) = member(context).await?;
    if groups.is_empty() {
        return context.unable(NOT_SHOWN);
    }
    let mut body = context.data().group();
    body["members"] = json!([{"value": inner.id, "type": "Group"}]);
    let outer = context.send(Request::post("/Groups").json(&body)).await?;
    let Some(id) = outer.json().ok().and_then(|body| at(body, "id")).filter(|_| outer.status == 201).cloned() else {
        return context.unable("the endpoint does not take groups as members, which groups.nested judges");
    };
    let read = context.read(&user).await?;
    let shown =
        read.json().map_or(&[][..], |body| list(body, "groups")).iter().find(|one| at(one, "value") == Some(&id));
    context.expect(&read).after(&outer).that(
        shown.is_none_or(|shown| matches!(text(shown, "type"), "indirect" | "")),
        "the outer group is shown as a direct membership",
        shown.map_or_else(String::new, Value::to_string),
    );
    Ok(())
}

async fn of_user_read_only(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["groups"])?;
    let group = context.group(&[]).await?;
    let groups = json!([{"value": group.id}]);
    let mut body = context.data().user();
    body["groups"] = groups.clone();
    let under = &["RFC7643-4.1.2-28"];
    let user = context.create("/Users", &body).await?;
    if context.discovery().offers(Capability::ReplaceUsers) {
        let put = context.send(user.request(Method::PUT).json(&body)).await?;
        context.expect(&put).after(&user.exchange).under(under).status(&[200]);
    }
    if context.discovery().offers(Capability::PatchUsers) {
        let answer = send(context, &user, &json!([{"op": "add", "path": "groups", "value": groups}])).await?;
        let expectation = context.expect(&answer).after(&user.exchange).under(under).status(&[400]);
        if answer.status == 400 {
            let has_keyword = answer.json().is_ok_and(|body| body.get("scimType").is_some());
            if has_keyword { expectation } else { expectation.under(&["RFC7644-3.12-04"]) }.scim_type(&["mutability"]);
        }
    }
    let read = context.read(&group).await?;
    context.expect(&read).after(&user.exchange).under(under).lacks("members");
    let read = context.read(&user).await?;
    let shown = read.json().map_or(&[][..], |body| list(body, "groups"));
    context.expect(&read).after(&user.exchange).under(under).that(
        shown.iter().all(|own| text(own, "value") != group.id),
        "the user has the group that was written to it",
        Value::from(shown).to_string(),
    );
    Ok(())
}
