//! Operations that an attribute's mutability forbids (RFC 7644 sections 3.5.2 and 3.5.2.2).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::{at, same};

use super::attribute::need_of;
use super::change::{expect_refusal, expect_state, is_done, send};
use crate::check::{Check, CheckResult, Context, Resource, Stop};
use crate::definition::{flag, list, text, word};

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const REFUSED: &[&str] = &["400 with scimType mutability, and the value as it was"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.read-only", "What the endpoint assigns cannot be changed", &read_only)
        .matters("A client that changes ids or times makes the endpoint's history a lie.")
        .requirements(&[
            "RFC7643-3.1-23",
            "RFC7643-7-28",
            "RFC7644-3.12-04",
            "RFC7644-3.12-22",
            "RFC7644-3.5.2-19",
            "RFC7644-3.5.2-22",
        ])
        .needs(USERS)
        .legal(REFUSED),
    Check::new("patch.remove-read-only", "What the endpoint assigns cannot be removed", &remove_read_only)
        .matters("A user without id can never be reached again.")
        .requirements(&["RFC7644-3.5.2.2-10"])
        .needs(USERS)
        .legal(REFUSED),
    Check::new("patch.remove-required", "A required attribute cannot be removed", &remove_required)
        .matters("A user without userName breaks every program that lists users.")
        .requirements(&["RFC7643-4.1.1-06", "RFC7644-3.5.2.2-09"])
        .needs(USERS)
        .legal(REFUSED),
    Check::new("patch.null-required", "A required attribute cannot be set to null or to an empty text", &null_required)
        .matters("Clients that clear a field send null; a user without userName breaks every program that lists users.")
        .requirements(&["RFC7643-4.1.1-06", "RFC7644-3.12-04", "RFC7644-3.5.2-18"])
        .needs(USERS)
        .legal(&["400 with scimType invalidValue or mutability, and the value as it was"]),
    Check::new("patch.immutable", "An immutable value is not changed in place", &immutable)
        .matters("An endpoint that says yes and keeps the old member leaves the wrong person in the group.")
        .requirements(&["RFC7643-4.2-04", "RFC7643-7-31", "RFC7644-3.5.2-20", "RFC7644-3.5.2-22"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups])
        .legal(&[
            "400 with scimType mutability, and the members as they were",
            "200 or 204, and the old member is gone and the new one there",
        ]),
    Check::new("patch.immutable-unset", "An immutable attribute without value takes one, once", &immutable_unset)
        .matters("Personnel numbers are given after the account exists, and must stay.")
        .requirements(&["RFC7643-7-31", "RFC7644-3.5.2-21"])
        .needs(&[Capability::CreateUsers, Capability::CreateGroups, Capability::PatchGroups])
        .legal(&["200 or 204 for the first value; 400 with scimType mutability for another one"]),
];

/// What a later GET shows at `path`.
async fn shown(context: &Context, resource: &Resource, path: &str) -> Result<Value, Stop> {
    Ok(context.read(resource).await?.json().ok().and_then(|body| at(body, path)).cloned().unwrap_or_default())
}

async fn read_only(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let before = context.read(&user).await?;
    for (path, value, under) in [
        (
            "id",
            json!(context.data().name()),
            &["RFC7643-7-28", "RFC7644-3.12-22", "RFC7644-3.5.2-19", "RFC7644-3.5.2-22"][..],
        ),
        ("meta.created", json!("2001-02-03T04:05:06Z"), &["RFC7643-3.1-23", "RFC7644-3.12-22", "RFC7644-3.5.2-22"]),
        ("meta", json!({"resourceType": "Nothing"}), &["RFC7643-3.1-23", "RFC7644-3.12-22", "RFC7644-3.5.2-22"]),
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": value}]);
        let answer = expect_refusal(context, &user, &operations, under, &["mutability"]).await?;
        let read = context.read(&user).await?;
        let expectation = context.expect(&read).after(&before).after(&answer).under(under);
        let mut old = before.json().ok().and_then(|body| at(body, path)).cloned().unwrap_or_default();
        if let Some(members) = old.as_object_mut() {
            // An accepted request moves these, whatever became of its operations.
            members.retain(|name, _| !matches!(name.as_str(), "lastModified" | "version"));
            expectation.holds(&json!({(path): old}));
        } else {
            expectation.equals(path, &old);
        }
    }
    Ok(())
}

async fn remove_read_only(context: &Context) -> CheckResult {
    let user = context.user().await?;
    for path in ["id", "meta", "meta.created"] {
        let answer = send(context, &user, &json!([{"op": "remove", "path": path}])).await?;
        let expectation = context.expect(&answer).after(&user.exchange).status(&[400]);
        if answer.status == 400 {
            expectation.scim_type(&["mutability"]);
        }
    }
    let read = context.read(&user).await?;
    context.expect(&read).equals("id", &json!(user.id)).has("meta");
    Ok(())
}

async fn remove_required(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let name = user.value("userName").clone();
    let answer = send(context, &user, &json!([{"op": "remove", "path": "userName"}])).await?;
    let expectation = context.expect(&answer).after(&user.exchange).status(&[400]);
    if answer.status == 400 {
        expectation.under(&["RFC7644-3.5.2.2-09"]).scim_type(&["mutability"]);
    }
    let read = context.read(&user).await?;
    context.expect(&read).after(&answer).equals("userName", &name);
    Ok(())
}

async fn null_required(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let name = user.value("userName").clone();
    let under = &["RFC7643-4.1.1-06", "RFC7644-3.5.2-18"];
    for value in [json!(null), json!("")] {
        let operations = json!([{"op": "replace", "path": "userName", "value": value}]);
        let answer = expect_refusal(context, &user, &operations, under, &["invalidValue", "mutability"]).await?;
        let read = context.read(&user).await?;
        context.expect(&read).after(&answer).under(under).equals("userName", &name);
    }
    Ok(())
}

async fn immutable(context: &Context) -> CheckResult {
    let (first, second) = (context.user().await?, context.user().await?);
    let group = context.group(&[&first]).await?;
    let path = format!("members[value eq {}].value", json!(first.id));
    let operations = json!([{"op": "replace", "path": path, "value": second.id}]);
    let answer = send(context, &group, &operations).await?;
    context
        .expect(&answer)
        .after(&group.exchange)
        .under(&["RFC7643-4.2-04", "RFC7644-3.5.2-20"])
        .status(&[200, 204, 400]);
    let expected = if is_done(&answer) { &second.id } else { &first.id };
    let read = context.read(&group).await?;
    let expectation = context.expect(&read).after(&answer).under(&["RFC7643-7-31", "RFC7644-3.5.2-22"]);
    expect_state(expectation, &read, &json!({"members": [{"value": expected}]}));
    Ok(())
}

/// An immutable singular text attribute that the endpoint publishes: the endpoint of its resources, and its path.
fn immutable_attribute(context: &Context) -> Option<(String, String)> {
    context.discovery().resource_types().iter().find_map(|kind| {
        let schemas = std::iter::once(&kind.schema).chain(&kind.extensions);
        schemas.into_iter().find_map(|uri| {
            let schema = context.discovery().schema(uri)?;
            let attribute = list(schema, "attributes").iter().find(|attribute| {
                text(attribute, "mutability") == "immutable"
                    && text(attribute, "type") == "string"
                    && !flag(attribute, "multiValued")
                    && !flag(attribute, "required")
                    && matches!(word(attribute, "returned"), "default" | "always")
                    && list(attribute, "canonicalValues").is_empty()
            })?;
            let known = matches!(&*kind.endpoint, "/Users" | "/Groups");
            let name = text(attribute, "name");
            let path = if *uri == kind.schema { name.to_owned() } else { format!("{uri}:{name}") };
            known.then(|| (kind.endpoint.clone(), path))
        })
    })
}

async fn immutable_unset(context: &Context) -> CheckResult {
    let Some((endpoint, path)) = immutable_attribute(context) else {
        // The values of members are immutable everywhere: a new member gets one, and keeps it.
        need_of(context, "urn:ietf:params:scim:schemas:core:2.0:Group", &["members.value"])?;
        let user = context.user().await?;
        let group = context.group(&[]).await?;
        let operations = json!([{"op": "add", "path": "members", "value": [context.member(&user)]}]);
        let answer = send(context, &group, &operations).await?;
        context.expect(&answer).after(&group.exchange).status(&[200, 204]);
        if is_done(&answer) {
            let read = context.read(&group).await?;
            expect_state(context.expect(&read).after(&answer), &read, &json!({"members": [{"value": user.id}]}));
        }
        return Ok(());
    };
    let resource = if endpoint == "/Groups" { context.group(&[]).await? } else { context.user().await? };
    let first = json!(context.data().name());
    let answer = send(context, &resource, &json!([{"op": "add", "path": path, "value": first}])).await?;
    context.expect(&answer).after(&resource.exchange).under(&["RFC7644-3.5.2-21"]).status(&[200, 204]);
    if !is_done(&answer) {
        return Ok(());
    }
    let second = json!(context.data().name());
    let answer = send(context, &resource, &json!([{"op": "replace", "path": path, "value": second}])).await?;
    let under = &["RFC7643-7-31"];
    let expectation = context.expect(&answer).under(under).status(&[400]);
    if answer.status == 400 {
        expectation.scim_type(&["mutability"]);
    }
    let found = shown(context, &resource, &path).await?;
    context.expect(&answer).under(under).that(
        same(&found, &first),
        "the immutable value has changed",
        found.to_string(),
    );
    Ok(())
}
