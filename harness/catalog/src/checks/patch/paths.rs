//! How paths name attributes (RFC 7644 sections 3.5.2 and 3.10).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;

use super::attribute::{need, plain_one};
use super::change::{
    ENTERPRISE, expect_change, expect_change_of_selected, expect_refusal, expect_state, is_done, resource_with, send,
};
use crate::check::{Check, CheckResult, Context};

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const DONE: &[&str] = &["200 with the user or 204, and a later GET shows the new state"];
const REFUSED: &[&str] = &["400 with scimType invalidPath, invalidFilter or noTarget"];
const KEYWORDS: &[&str] = &["invalidPath", "invalidFilter", "noTarget"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.path-dotted", "A path with a dot changes one sub-attribute", &dotted)
        .matters("name.familyName is what provisioners send when somebody marries.")
        .requirements(&["RFC7644-3.5.2-13"])
        .needs(USERS)
        .legal(DONE),
    Check::new(
        "patch.path-urn",
        "A path with the schema's URN names the attributes of an extension, and those of the core",
        &urn,
    )
    .matters("The version in the URN holds a dot; endpoints that split at dots change something else.")
    .requirements(&["RFC7644-3.10-01", "RFC7644-3.5.2-16"])
    .needs(USERS)
    .legal(DONE),
    Check::new("patch.path-manager", "The manager of a user can be added, replaced and removed", &manager)
        .matters("Approvals go to the manager; all large provisioners keep it up to date by PATCH.")
        .requirements(&["RFC7644-3.5.2-16", "RFC7644-3.5.2.2-15"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.path-case", "Attribute names in a path are matched without letter case", &case)
        .matters("Entra ID sends the names as the administrator typed them.")
        .requirements(&["RFC7644-3.5.2-17"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.path-malformed", "A path that follows no grammar is refused", &malformed)
        .matters("A success for a path that cannot be read hides a mistake in the client's mapping.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.12-24", "RFC7644-3.5.2-11", "RFC7644-3.5.2-22"])
        .needs(USERS)
        .legal(REFUSED),
    Check::new(
        "patch.path-malformed-filter",
        "A path whose filter follows no grammar is refused, and nothing is changed",
        &malformed_filter,
    )
    .matters("An endpoint that drops the filter it cannot read removes everything.")
    .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-12"])
    .needs(USERS)
    .legal(REFUSED),
    Check::new("patch.path-unknown", "A path that names no attribute is refused", &unknown)
        .matters("An operation that is ignored with success drifts for ever: the client never repeats it.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-23"])
        .needs(USERS)
        .legal(REFUSED),
    Check::new(
        "patch.extension-in-schemas",
        "schemas may be extended first, and the attributes of the extension follow in the same request",
        &extension_in_schemas,
    )
    .matters("Careful clients declare an extension before they use it.")
    .requirements(&["RFC7644-3.5.2-25"])
    .needs(USERS)
    .legal(DONE),
    Check::new(
        "patch.extension-enters-schemas",
        "A path with an extension's URN brings the extension into schemas",
        &extension_enters_schemas,
    )
    .matters("Readers that look at schemas first never see an extension that is not listed.")
    .requirements(&["RFC7643-3-11", "RFC7644-3.5.2-26"])
    .needs(USERS)
    .legal(&["200 with the user or 204; a later GET shows the attribute, and the extension's URN in schemas"]),
];

async fn dotted(context: &Context) -> CheckResult {
    need(context, &["name.familyName", "name.givenName"])?;
    let user = resource_with(context, &json!({"name": {"familyName": "Example", "givenName": "Ada"}})).await?;
    let operations = json!([{"op": "replace", "path": "name.familyName", "value": "Sample"}]);
    let after = json!({"name": {"familyName": "Sample", "givenName": "Ada"}});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2-13"], &after).await?;
    Ok(())
}

async fn urn(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let user = context.user().await?;
    let value = context.data().name();
    let path = format!("urn:ietf:params:scim:schemas:core:2.0:User:{name}");
    let operations = json!([{"op": "replace", "path": path, "value": value}]);
    let under = &["RFC7644-3.10-01", "RFC7644-3.5.2-16"];
    expect_change(context, &user, &operations, under, &json!({(name): value})).await?;
    let path = format!("{ENTERPRISE}:department");
    need(context, &[&path])?;
    let operations = json!([{"op": "replace", "path": path, "value": value}]);
    let after = json!({(ENTERPRISE): {"department": value}});
    expect_change(context, &user, &operations, under, &after).await?;
    Ok(())
}

async fn manager(context: &Context) -> CheckResult {
    let path = format!("{ENTERPRISE}:manager");
    need(context, &[&format!("{path}.value")])?;
    let (user, first, second) = (context.user().await?, context.user().await?, context.user().await?);
    let under = &["RFC7644-3.5.2-16"];
    for operation in [
        json!({"op": "add", "path": path, "value": {"value": first.id}}),
        json!({"op": "replace", "path": format!("{path}.value"), "value": second.id}),
        json!({"op": "replace", "path": path, "value": {"value": first.id}}),
    ] {
        let id = at(&operation, "value.value").or_else(|| at(&operation, "value")).cloned().unwrap_or_default();
        let after = json!({(ENTERPRISE): {"manager": {"value": id}}});
        expect_change(context, &user, &json!([operation]), under, &after).await?;
    }
    let operations = json!([{"op": "remove", "path": path}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.2-15"], &json!({(path): null})).await?;
    Ok(())
}

async fn case(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({"emails": [{"value": "a@example.com", "type": "work"}]})).await?;
    let value = context.data().name();
    let operations = json!([{"op": "replace", "path": name.to_ascii_uppercase(), "value": value}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2-17"], &json!({(name): value})).await?;
    let path = "Emails[TYPE eq \"work\"].Value";
    let operations = json!([{"op": "replace", "path": path, "value": "b@example.com"}]);
    let after = json!({"emails": [{"value": "b@example.com", "type": "work"}]});
    expect_change_of_selected(context, &user, &operations, &["RFC7644-3.5.2-17"], &after).await?;
    Ok(())
}

async fn malformed(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let under = &["RFC7644-3.12-24", "RFC7644-3.5.2-11", "RFC7644-3.5.2-22"];
    for path in ["][", "emails[", "name..familyName", "/emails/0", "emails[type eq \"work\"]value"] {
        let operations = json!([{"op": "replace", "path": path, "value": "x@example.com"}]);
        expect_refusal(context, &user, &operations, under, KEYWORDS).await?;
    }
    Ok(())
}

async fn malformed_filter(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let user = context.user().await?;
    let before = context.read(&user).await?;
    let emails = before.json().ok().and_then(|body| at(body, "emails")).cloned().unwrap_or(Value::Null);
    let under = &["RFC7644-3.5.2-12"];
    for filter in ["type foo \"work\"", "type eq", "type eq \"work", "type eq \"work\" and"] {
        let path = format!("emails[{filter}]");
        let answer = expect_refusal(context, &user, &json!([{"op": "remove", "path": path}]), under, KEYWORDS).await?;
        if is_done(&answer) {
            let read = context.read(&user).await?;
            expect_state(context.expect(&read).after(&answer).under(under), &read, &json!({"emails": emails}));
        }
    }
    Ok(())
}

async fn unknown(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let names = ["weirNothing", "name.weirNothing", "urn:example:weir:2.0:Nothing:weir"];
    for path in names {
        for operation in
            [json!({"op": "replace", "path": path, "value": "x"}), json!({"op": "add", "path": path, "value": "x"})]
        {
            expect_refusal(context, &user, &json!([operation]), &["RFC7644-3.5.2-23"], KEYWORDS).await?;
        }
    }
    Ok(())
}

async fn extension_in_schemas(context: &Context) -> CheckResult {
    let path = format!("{ENTERPRISE}:department");
    need(context, &[&path])?;
    let user = context.user().await?;
    let operations = json!([
        {"op": "add", "path": "schemas", "value": [ENTERPRISE]},
        {"op": "add", "path": path, "value": "Sluices"},
    ]);
    let after = json!({(ENTERPRISE): {"department": "Sluices"}});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2-25"], &after).await?;
    Ok(())
}

async fn extension_enters_schemas(context: &Context) -> CheckResult {
    let path = format!("{ENTERPRISE}:department");
    need(context, &[&path])?;
    let user = context.user().await?;
    let answer = send(context, &user, &json!([{"op": "add", "path": path, "value": "Sluices"}])).await?;
    let under = &["RFC7643-3-11", "RFC7644-3.5.2-26"];
    context.expect(&answer).after(&user.exchange).under(under).status(&[200, 204]);
    if is_done(&answer) {
        let read = context.read(&user).await?;
        let schemas = read.json().ok().and_then(|body| at(body, "schemas")).cloned().unwrap_or_default();
        let after = json!({(ENTERPRISE): {"department": "Sluices"}});
        expect_state(context.expect(&read).after(&answer).under(under), &read, &after);
        context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-26"]).that(
            schemas.as_array().is_some_and(|schemas| schemas.contains(&json!(ENTERPRISE))),
            "schemas does not list the extension whose attribute was added",
            format!("schemas {schemas}"),
        );
    }
    Ok(())
}
