//! `add` (RFC 7644 section 3.5.2.1).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;

use super::attribute::{need, plain, plain_one, texts};
use super::change::{ENTERPRISE, email, expect_change, expect_refusal, expect_state, is_done, resource_with, send};
use crate::check::{Check, CheckResult, Context, PATCHED};
use crate::checks::common_attributes::meta::outlast_clock;

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const DONE: &[&str] = &["200 with the resource or 204, and a later GET shows the new state"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.add", "add gives an attribute without value a value", &add)
        .matters("Entra ID sends add for everything that a user did not have before.")
        .requirements(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.1-02", "RFC7644-3.5.2.1-05", "RFC7644-3.5.2.1-10"])
        .legal(DONE)
        .on_every_type(PATCHED),
    Check::new("patch.add-singular", "add to a singular attribute that has a value replaces it", &add_singular)
        .matters("Clients that know no old state send add for changes too; the old title would stay for ever.")
        .requirements(&["RFC7644-3.5.2.1-09"])
        .legal(DONE)
        .on_every_type(PATCHED),
    Check::new(
        "patch.add-complex",
        "add to a complex attribute sets the sub-attributes that are given and keeps the others",
        &add_complex,
    )
    .matters("A middle name that arrives later must not cost the family name.")
    .requirements(&["RFC7644-3.5.2.1-02", "RFC7644-3.5.2.1-06"])
    .needs(USERS)
    .legal(DONE),
    Check::new("patch.add-value", "add appends one value to a multi-valued attribute", &add_value)
        .matters("An endpoint that replaces the list loses the addresses that somebody else maintains.")
        .requirements(&["RFC7644-3.5.2.1-07"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.add-values", "add with a list appends all its values", &add_values)
        .matters("Provisioners bundle values to save requests; one that takes only the first loses the rest silently.")
        .requirements(&["RFC7644-3.5.2.1-08"])
        .needs(USERS)
        .legal(DONE),
    Check::new(
        "patch.add-existing",
        "Adding what is there already succeeds, changes nothing, and leaves lastModified alone",
        &add_existing,
    )
    .matters(
        "Provisioners repeat themselves; every repetition would look like a change to whoever reads by lastModified.",
    )
    .requirements(&["RFC7644-3.5.2.1-11", "RFC7644-3.5.2.1-12", "RFC7644-3.5.2.1-13"])
    .needs(USERS)
    .legal(&["200 with the resource or 204; the value is there once and meta.lastModified is as it was"]),
    Check::new(
        "patch.add-without-path",
        "add without path merges a set of attributes into the resource",
        &add_without_path,
    )
    .matters("Okta and the Entra ID gallery put several attributes into one value without path.")
    .requirements(&["RFC7644-3.5.2-09", "RFC7644-3.5.2.1-03"])
    .legal(DONE)
    .on_every_type(PATCHED),
    Check::new(
        "patch.add-values-without-path",
        "add without path appends to multi-valued attributes",
        &add_values_without_path,
    )
    .matters("The same value means replacement in a replace; endpoints that treat both alike lose values.")
    .requirements(&["RFC7644-3.5.2.1-04"])
    .needs(USERS)
    .legal(DONE),
    Check::new(
        "patch.add-extension",
        "An extension's object in a value without path sets its attributes and enters schemas",
        &add_extension,
    )
    .matters("Departments and managers travel in the enterprise extension.")
    .requirements(&["RFC7644-3.5.2.1-06", "RFC7644-3.5.2.1-15"])
    .needs(USERS)
    .legal(&["200 with the resource or 204; a later GET shows the attribute, and the extension's URN in schemas"]),
    Check::new(
        "patch.add-key-case",
        "Attribute names in a value without path are matched without letter case",
        &add_key_case,
    )
    .matters("The RFC's own example writes nickname; clients copy it.")
    .requirements(&["RFC7643-2.1-01", "RFC7644-3.5.2.1-16"])
    .legal(DONE)
    .on_every_type(PATCHED),
    Check::new("patch.add-without-value", "add without value is refused", &add_without_value)
        .matters("A client that lost the value on the way believes that it has been stored.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.12-09", "RFC7644-3.5.2.1-01"])
        .legal(&["400 with scimType invalidValue or invalidSyntax"])
        .on_every_type(PATCHED),
];

async fn add(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({(&name): null})).await?;
    let value = context.data().name();
    let operations = json!([{"op": "add", "path": name, "value": value}]);
    let under = &["RFC7644-3.5.2-02", "RFC7644-3.5.2.1-05", "RFC7644-3.5.2.1-10"];
    expect_change(context, &user, &operations, under, &json!({(name): value})).await?;
    Ok(())
}

async fn add_singular(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let user = resource_with(context, &json!({(&name): context.data().name()})).await?;
    let value = context.data().name();
    let operations = json!([{"op": "add", "path": name, "value": value}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.1-09"], &json!({(name): value})).await?;
    Ok(())
}

async fn add_complex(context: &Context) -> CheckResult {
    need(context, &["name.familyName", "name.givenName", "name.middleName"])?;
    let user = resource_with(context, &json!({"name": {"familyName": "Example", "givenName": "Ada"}})).await?;
    let operations = json!([{"op": "add", "path": "name", "value": {"givenName": "Bo", "middleName": "Mae"}}]);
    let after = json!({"name": {"familyName": "Example", "givenName": "Bo", "middleName": "Mae"}});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.1-06"], &after).await?;
    Ok(())
}

async fn add_value(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let (old, new) = (email(context, "work"), email(context, "home"));
    let user = resource_with(context, &json!({"emails": [old]})).await?;
    let operations = json!([{"op": "add", "path": "emails", "value": [new]}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.1-07"], &json!({"emails": [old, new]})).await?;
    Ok(())
}

async fn add_values(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let (old, second, third) = (email(context, "work"), email(context, "home"), email(context, "other"));
    let user = resource_with(context, &json!({"emails": [old]})).await?;
    let operations = json!([{"op": "add", "path": "emails", "value": [second, third]}]);
    let after = json!({"emails": [old, second, third]});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.1-08"], &after).await?;
    Ok(())
}

async fn add_existing(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let value = context.data().name();
    let user = resource_with(context, &json!({(&name): value})).await?;
    // Else a change within the same millisecond would not show in lastModified.
    let (reads, _) = outlast_clock(context, &user).await?;
    let before = &reads[reads.len() - 1];
    let stored = |path: &str| before.json().ok().and_then(|body| at(body, path)).cloned();
    let mut operations = vec![json!({"op": "add", "path": name, "value": value})];
    // What is sent is what the endpoint itself shows, so that it is the same in every sub-attribute.
    let emails = stored("emails");
    operations.extend(emails.iter().map(|emails| json!({"op": "add", "path": "emails", "value": emails})));
    let answer = send(context, &user, &Value::from(operations)).await?;
    context.expect(&answer).after(before).under(&["RFC7644-3.5.2.1-12"]).status(&[200, 204]);
    if !is_done(&answer) {
        return Ok(());
    }
    let read = context.read(&user).await?;
    let expectation = context.expect(&read).after(before).after(&answer).under(&["RFC7644-3.5.2.1-11"]);
    expect_state(expectation, &read, &json!({(name): value, "emails": emails}));
    if let Some(modified) = stored("meta.lastModified") {
        let expectation = context.expect(&read).after(before).after(&answer);
        expectation.under(&["RFC7644-3.5.2.1-13"]).equals("meta.lastModified", &modified);
    }
    Ok(())
}

async fn add_without_path(context: &Context) -> CheckResult {
    let names = plain(context, 3)?;
    let kept = context.data().name();
    let user = resource_with(context, &json!({(&names[0]): null, (&names[1]): kept, (&names[2]): kept})).await?;
    let (first, second) = (context.data().name(), context.data().name());
    let value = json!({(&names[0]): first, (&names[1]): second});
    let after = json!({(&names[0]): first, (&names[1]): second, (&names[2]): kept});
    let operations = json!([{"op": "add", "value": value}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.1-03"], &after).await?;
    Ok(())
}

async fn add_values_without_path(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let (old, new) = (email(context, "work"), email(context, "home"));
    let user = resource_with(context, &json!({"emails": [old]})).await?;
    let operations = json!([{"op": "add", "value": {"emails": [new]}}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.1-04"], &json!({"emails": [old, new]})).await?;
    Ok(())
}

async fn add_extension(context: &Context) -> CheckResult {
    need(context, &[&format!("{ENTERPRISE}:department")])?;
    let has_division = context.data().publishes(ENTERPRISE, "division");
    let kept = json!(context.data().name());
    let before = if has_division { json!({(ENTERPRISE): {"division": kept}}) } else { json!({}) };
    let user = resource_with(context, &before).await?;
    let department = context.data().name();
    let values = json!({"department": department});
    let mut after = values.clone();
    if has_division {
        // What the object does not name stays (RFC 7644 section 3.5.2.1).
        after["division"] = kept;
    }
    let operations = json!([{"op": "add", "value": {(ENTERPRISE): values}}]);
    let under = &["RFC7644-3.5.2.1-15"];
    let with_others = &["RFC7644-3.5.2.1-06", "RFC7644-3.5.2.1-15"];
    let answer = expect_change(context, &user, &operations, with_others, &json!({(ENTERPRISE): after})).await?;
    if let Some(answer) = answer {
        let read = context.read(&user).await?;
        let schemas = read.json().ok().and_then(|body| at(body, "schemas")).cloned().unwrap_or_default();
        context.expect(&read).after(&answer).under(under).that(
            schemas.as_array().is_some_and(|schemas| schemas.contains(&json!(ENTERPRISE))),
            "schemas does not list the extension whose attribute was added",
            format!("schemas {schemas}"),
        );
    }
    Ok(())
}

async fn add_key_case(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({(&name): null})).await?;
    let value = context.data().name();
    let operations = json!([{"op": "add", "value": {(name.to_ascii_lowercase()): value}}]);
    let under = &["RFC7643-2.1-01", "RFC7644-3.5.2.1-16"];
    expect_change(context, &user, &operations, under, &json!({(name): value})).await?;
    Ok(())
}

async fn add_without_value(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let user = context.resource().await?;
    let operations = json!([{"op": "add", "path": name}]);
    let under = &["RFC7644-3.12-09", "RFC7644-3.5.2.1-01"];
    expect_refusal(context, &user, &operations, under, &["invalidValue", "invalidSyntax"]).await?;
    Ok(())
}
