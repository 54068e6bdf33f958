//! Groups as resources (RFC 7643 section 4.2, RFC 7644 section 3.2). Members, memberships and deletion have files of their own;
//! partial changes of groups are with the other partial changes.

pub(super) mod deletion;
pub(super) mod members;
pub(super) mod membership;

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;

use super::patch::change::{is_done, send};
use crate::check::{Check, CheckResult, Context};
use crate::data::GROUP;
use crate::definition::{flag, list, text};

pub(super) const CHECKS: &[Check] = &[
    Check::new("groups.endpoint", "Groups are at /Groups", &endpoint)
        .matters("Entra ID asks for groups when it tests a connection, even of an application without groups.")
        .requirements(&["RFC7644-3.2-02"])
        .needs(&[Capability::CreateGroups])
        .legal(&["200 with a ListResponse"]),
    Check::new("groups.lifecycle", "A group is created, read, replaced, changed and deleted like a user", &lifecycle)
        .matters("Provisioners that manage groups need all five; one that is missing leaves groups behind.")
        .requirements(&["RFC7644-3.2-19", "RFC7644-3.6-02"])
        .needs(&[Capability::CreateGroups, Capability::ReplaceGroups, Capability::DeleteGroups])
        .legal(&["201, 200, 200, 200 or 204, 204, and 404 afterwards; PATCH only where it is supported"]),
    Check::new("groups.without-members", "A group without members is created", &without_members)
        .matters("Groups are made first and filled later; one that cannot be empty cannot be made at all.")
        .requirements(&["RFC7643-2.5-01", "RFC7644-3.2-19"])
        .needs(&[Capability::CreateGroups])
        .legal(&["201 without members, with an empty list, or with null; with members given as [] too"]),
    Check::new("groups.display-name", "A group has a displayName, and the schema says so", &display_name)
        .matters("Groups are matched by name; one without name is created again by every cycle.")
        .requirements(&["RFC7643-4.2-02", "RFC7644-3.12-04"])
        .needs(&[Capability::CreateGroups])
        .legal(&["400 with scimType invalidValue for a group without displayName; displayName published as required"]),
    Check::new("groups.same-name", "Two groups may have the same name", &same_name)
        .matters("Directories hold groups of one name in different places; which endpoint takes both is worth knowing.")
        .requirements(&["RFC7643-4.2-09"])
        .needs(&[Capability::CreateGroups])
        .legal(&["201 for both", "409 with scimType uniqueness for the second"]),
];

async fn endpoint(context: &Context) -> CheckResult {
    let answer = context.send(Request::get("/Groups").query("count", "1")).await?;
    context.expect(&answer).status(&[200]).json().has("totalResults");
    Ok(())
}

async fn lifecycle(context: &Context) -> CheckResult {
    context.needs_of_groups(&["displayName"])?;
    context.needs_changeable(GROUP, "displayName")?;
    let under = &["RFC7644-3.2-19"];
    let group = context.group(&[]).await?;
    context.expect(&group.exchange).under(under).status(&[201]);
    let read = context.send(group.request(Method::GET)).await?;
    context.expect(&read).after(&group.exchange).under(under).status(&[200]).json().equals("id", &json!(group.id));
    let mut body = context.sent(&group);
    let name = json!(context.data().name());
    body["displayName"] = name.clone();
    let replaced = context.send(group.request(Method::PUT).json(&body)).await?;
    context.expect(&replaced).after(&group.exchange).under(under).status(&[200]).json().equals("displayName", &name);
    if context.discovery().offers(Capability::PatchGroups) {
        let operations = json!([{"op": "replace", "path": "displayName", "value": context.data().name()}]);
        let changed = send(context, &group, &operations).await?;
        context.expect(&changed).after(&group.exchange).under(under).status(&[200, 204]);
    }
    let deleted = context.send(group.request(Method::DELETE)).await?;
    context.expect(&deleted).after(&group.exchange).under(under).status(&[204]);
    if is_done(&deleted) {
        let gone = context.send(group.request(Method::GET)).await?;
        context.expect(&gone).after(&deleted).under(&["RFC7644-3.6-02"]).status(&[404]);
    }
    Ok(())
}

async fn without_members(context: &Context) -> CheckResult {
    let mut bodies = vec![context.data().group()];
    if context.needs_published_members().is_ok() {
        let mut empty = context.data().group();
        empty["members"] = json!([]);
        bodies.push(empty);
    }
    for body in bodies {
        let answer = context.send(Request::post("/Groups").json(&body)).await?;
        context.expect(&answer).under(&["RFC7644-3.2-19"]).status(&[201]);
        if answer.status == 201 {
            context.expect(&answer).under(&["RFC7643-2.5-01"]).json().lacks("members");
        }
    }
    Ok(())
}

async fn display_name(context: &Context) -> CheckResult {
    context.needs_of_groups(&["displayName"])?;
    let mut body = context.data().group();
    if let Some(members) = body.as_object_mut() {
        members.remove("displayName");
        members.insert("externalId".into(), json!(context.data().name()));
    }
    let answer = context.send(Request::post("/Groups").json(&body)).await?;
    let expectation = context.expect(&answer).under(&["RFC7643-4.2-02"]).status(&[400]);
    if answer.status == 400 {
        let has_keyword = answer.json().is_ok_and(|body| body.get("scimType").is_some());
        if has_keyword { expectation } else { expectation.under(&["RFC7644-3.12-04"]) }.scim_type(&["invalidValue"]);
    }
    if let Some(schema) = context.discovery().schema(GROUP) {
        let published = list(schema, "attributes").iter().find(|attribute| text(attribute, "name") == "displayName");
        let schemas = &context.discovery().schemas.exchange;
        // A characteristic that is there and is no boolean has a check of its own, `schema.flags`.
        let is_readable = |attribute: &&Value| attribute.get("required").is_none_or(Value::is_boolean);
        context.expect(schemas).under(&["RFC7643-4.2-02"]).that(
            published.is_some_and(|attribute| !is_readable(&attribute) || flag(attribute, "required")),
            "displayName of groups is not published as required",
            published.map_or_else(|| "no displayName".into(), Value::to_string),
        );
    }
    Ok(())
}

async fn same_name(context: &Context) -> CheckResult {
    let group = context.group(&[]).await?;
    let mut body = context.data().group();
    body["displayName"] = group.value("displayName").clone();
    let answer = context.send(Request::post("/Groups").json(&body)).await?;
    let expectation = context.expect(&answer).after(&group.exchange).status(&[201]);
    if answer.status != 201 {
        expectation.status(&[409]).scim_type(&["uniqueness"]);
    }
    Ok(())
}
