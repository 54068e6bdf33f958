//! At most one primary value (RFC 7644 section 3.5.2).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;

use super::attribute::need;
use super::change::{email, is_done, needs_value_paths, resource_with, send};
use crate::check::{Check, CheckResult, Context};
use crate::definition::flag;

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const DONE: &[&str] = &["200 with the user or 204; in a later GET only the new value is primary"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.primary-add", "A new primary value takes primary away from the old one", &add)
        .matters("With two primary addresses, every reader picks another one.")
        .requirements(&["RFC7644-3.5.2-28"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.primary-replace", "Making a value primary takes primary away from the others", &replace)
        .matters("Provisioners set primary on the value that they keep and know nothing of the others.")
        .requirements(&["RFC7644-3.5.2-28", "RFC7644-3.5.2.3-13"])
        .needs(USERS)
        .legal(DONE),
];

const ATTRIBUTES: &[&str] = &["emails.value", "emails.type", "emails.primary"];

async fn add(context: &Context) -> CheckResult {
    need(context, ATTRIBUTES)?;
    let (mut work, mut home) = (email(context, "work"), email(context, "home"));
    work["primary"] = json!(true);
    home["primary"] = json!(true);
    let operations = json!([{"op": "add", "path": "emails", "value": [home]}]);
    only_primary(context, &[&work], &operations, &home["value"], &["RFC7644-3.5.2-28"]).await
}

async fn replace(context: &Context) -> CheckResult {
    need(context, ATTRIBUTES)?;
    let (mut work, home) = (email(context, "work"), email(context, "home"));
    work["primary"] = json!(true);
    let under = &["RFC7644-3.5.2-28", "RFC7644-3.5.2.3-13"];
    let operations = json!([{"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}]);
    only_primary(context, &[&work, &home], &operations, &home["value"], under).await?;
    // Another user, and addresses may be unique.
    let (mut work, home) = (email(context, "work"), email(context, "home"));
    work["primary"] = json!(true);
    let mut whole = home.clone();
    whole["primary"] = json!(true);
    let operations = json!([{"op": "replace", "path": "emails[type eq \"home\"]", "value": whole}]);
    only_primary(context, &[&work, &home], &operations, &home["value"], under).await
}

async fn only_primary(
    context: &Context,
    before: &[&Value],
    operations: &Value,
    primary: &Value,
    under: &'static [&'static str],
) -> CheckResult {
    let user = resource_with(context, &json!({"emails": before})).await?;
    let answer = send(context, &user, operations).await?;
    if operations[0]["path"] != "emails" {
        needs_value_paths(context, &answer).await?;
    }
    context.expect(&answer).after(&user.exchange).under(under).status(&[200, 204]);
    if is_done(&answer) {
        let read = context.read(&user).await?;
        let emails = read.json().ok().and_then(|body| at(body, "emails")).cloned().unwrap_or_default();
        let found: Vec<&Value> = emails
            .as_array()
            .into_iter()
            .flatten()
            .filter(|email| flag(email, "primary"))
            .filter_map(|email| at(email, "value"))
            .collect();
        let values: Vec<&Value> =
            emails.as_array().into_iter().flatten().filter_map(|email| at(email, "value")).collect();
        context.expect(&read).after(&user.exchange).after(&answer).under(under).that(
            before.iter().all(|old| values.contains(&&old["value"])),
            "an email that was there before is gone",
            format!("emails {emails}"),
        );
        context.expect(&read).after(&user.exchange).after(&answer).under(under).that(
            found == [primary],
            &format!("{primary} is not the only primary email"),
            format!("emails {emails}"),
        );
    }
    Ok(())
}
