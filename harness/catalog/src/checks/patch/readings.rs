//! What the RFCs leave open: each of these gives a note, so that a client's developer sees which way the endpoint goes. Only
//! outcomes that are wrong in every reading fail.

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::{assigned, at};

use super::attribute::{need, plain_one};
use super::change::{ENTERPRISE, email, expect_state, is_done, is_list_of, resource_with, send};
use crate::check::{Check, CheckResult, Context};
use crate::definition::text;

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new(
        "patch.reading-add-without-match",
        "add through a filter that matches nothing creates the value, or is refused",
        &add_without_match,
    )
    .matters("Entra ID adds emails[type eq \"work\"].value and expects the address to be created.")
    .requirements(&["RFC7644-3.5.2.1-14", "RFC7644-3.5.2-22"])
    .needs(USERS)
    .legal(&["400", "200 or 204, and the value is created from the filter, or nothing is changed"]),
    Check::new(
        "patch.reading-text-for-list",
        "A text for a multi-valued attribute is refused, or taken as its value",
        &text_for_list,
    )
    .matters("In-house clients forget the brackets.")
    .requirements(&["RFC7644-3.5.2-22", "RFC7644-3.5.2.1-17"])
    .needs(USERS)
    .legal(&["400", "200 or 204, and the text is the value of a new element"]),
    Check::new("patch.reading-remove-absent", "Removing a value that is not there changes nothing", &remove_absent)
        .matters("A provisioner that repeats a removal must be able to go on.")
        .requirements(&["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-11"])
        .needs(USERS)
        .legal(&["200 or 204, and the values as they were", "400 with scimType noTarget"]),
    Check::new(
        "patch.reading-remove-with-value",
        "remove with a list of values removes these, or all, or is refused",
        &remove_with_value,
    )
    .matters("Entra ID and authentik name members that way; an endpoint that ignores the value empties the group.")
    .requirements(&["RFC7644-3.5.2.2-13", "RFC7644-3.5.2.2-04"])
    .needs(USERS)
    .legal(&["200 or 204, and the listed value is gone", "200 or 204, and all values are gone", "400"]),
    Check::new(
        "patch.reading-replaced-record",
        "What becomes of the sub-attributes that a replaced value does not give",
        &replaced_record,
    )
    .matters("Some clients send the whole value, others only what changed.")
    .requirements(&["RFC7644-3.5.2.3-14", "RFC7644-3.5.2-14"])
    .needs(USERS)
    .legal(&["they are gone, because the value was replaced", "they are kept, as in a complex attribute"]),
    Check::new(
        "patch.reading-short-extension-name",
        "The name of an extension's attribute without URN is refused, or found",
        &short_extension_name,
    )
    .matters("Administrators type employeeNumber and nothing more.")
    .requirements(&["RFC7644-3.5.2-22", "RFC7644-3.5.2-24"])
    .needs(USERS)
    .legal(&["400", "200 or 204, and the extension's attribute is set"]),
    Check::new(
        "patch.reading-extension-path",
        "A path that is an extension's URN alone is refused, or names the whole extension",
        &extension_path,
    )
    .matters("Clients that replace a whole extension do it this way.")
    .requirements(&["RFC7644-3.5.2-22", "RFC7644-3.5.2-45"])
    .needs(USERS)
    .legal(&["400", "200 or 204, and the extension has the values"]),
    Check::new(
        "patch.reading-dotted-names",
        "Names with dots or URNs in a value without path are refused, ignored, or read as paths",
        &dotted_names,
    )
    .matters("Entra ID sends name.givenName as a member name; stored literally, it is lost.")
    .requirements(&["RFC7644-3.5.2-44"])
    .needs(USERS)
    .legal(&["400", "200 or 204, and nothing is changed", "200 or 204, and the sub-attribute is changed"]),
    Check::new(
        "patch.reading-read-only-in-value",
        "A readOnly attribute in a value without path is refused or ignored, and never changed",
        &read_only_in_value,
    )
    .matters("Okta repeats the id in the value of every group change.")
    .requirements(&["RFC7643-7-28", "RFC7644-3.5.2-29", "RFC7644-3.5.2-43"])
    .needs(USERS)
    .legal(&["400, and nothing is changed", "200 or 204; the id is as it was, and the rest is changed"]),
];

async fn add_without_match(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let work = email(context, "work");
    let user = resource_with(context, &json!({"emails": [work]})).await?;
    let home = email(context, "home");
    let operations = json!([{"op": "add", "path": "emails[type eq \"home\"].value", "value": home["value"]}]);
    let answer = send(context, &user, &operations).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2.1-14"]).status(&[400]);
    let read = context.read(&user).await?;
    let emails = read.json().ok().and_then(|body| at(body, "emails")).cloned().unwrap_or_default();
    let emails = emails.as_array().map_or(&[][..], Vec::as_slice);
    let unchanged = is_list_of(std::slice::from_ref(&work), emails);
    let right = unchanged || (is_done(&answer) && is_list_of(&[work, home], emails));
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-22"]).that(
        right,
        "the emails are neither as they were nor extended by the one that was given",
        format!("emails {}", Value::from(emails)),
    );
    Ok(())
}

async fn text_for_list(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let (work, home) = (email(context, "work"), email(context, "home"));
    let user = resource_with(context, &json!({"emails": [work]})).await?;
    let operations = json!([{"op": "add", "path": "emails", "value": home["value"]}]);
    let answer = send(context, &user, &operations).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2.1-17"]).status(&[400]);
    let read = context.read(&user).await?;
    let expectation = context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-22"]);
    let mut expected = vec![work];
    if is_done(&answer) {
        expected.push(json!({"value": home["value"]}));
    }
    expect_state(expectation, &read, &json!({"emails": expected}));
    Ok(())
}

async fn remove_absent(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let emails = [email(context, "work"), email(context, "home")];
    let user = resource_with(context, &json!({"emails": emails})).await?;
    let operations = json!([{"op": "remove", "path": "emails[value eq \"nobody@example.com\"]"}]);
    let answer = send(context, &user, &operations).await?;
    let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2.2-11"]).status(&[200, 204]);
    if !is_done(&answer) {
        expectation.status(&[400]).scim_type(&["noTarget"]);
    }
    let read = context.read(&user).await?;
    let expectation = context.expect(&read).after(&answer).under(&["RFC7644-3.5.2.2-04"]);
    expect_state(expectation, &read, &json!({"emails": emails}));
    Ok(())
}

async fn remove_with_value(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let emails = ["work", "home", "other"].map(|kind| email(context, kind));
    let user = resource_with(context, &json!({"emails": emails})).await?;
    let operations = json!([{"op": "remove", "path": "emails", "value": [{"value": emails[0]["value"]}]}]);
    let answer = send(context, &user, &operations).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2.2-13"]).status(&[200, 204, 400]);
    let read = context.read(&user).await?;
    let found = read.json().ok().and_then(|body| at(body, "emails")).cloned().unwrap_or_default();
    let found = found.as_array().map_or(&[][..], Vec::as_slice);
    let right =
        if is_done(&answer) { found.is_empty() || is_list_of(&emails[1..], found) } else { is_list_of(&emails, found) };
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2.2-04"]).that(
        right,
        "what is left is neither everything but the listed value, nor nothing, nor what was there before a refusal",
        format!("emails {}", Value::from(found)),
    );
    Ok(())
}

async fn replaced_record(context: &Context) -> CheckResult {
    need(context, &["addresses.type", "addresses.locality", "addresses.region"])?;
    let home = json!({"type": "home", "locality": "Shelbyville", "region": "Example"});
    let work = json!({"type": "work", "locality": "Springfield", "region": "Example"});
    let user = resource_with(context, &json!({"addresses": [work, home]})).await?;
    let new = json!({"type": "work", "locality": "Ogdenville"});
    let operations = json!([{"op": "replace", "path": "addresses[type eq \"work\"]", "value": new}]);
    let answer = send(context, &user, &operations).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2.3-14"]).status(&[200, 204]);
    if is_done(&answer) {
        let read = context.read(&user).await?;
        let expectation = context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-14"]);
        expect_state(expectation, &read, &json!({"addresses": [new, home]}));
        let addresses = read.json().ok().and_then(|body| at(body, "addresses")).cloned().unwrap_or_default();
        let kept = addresses
            .as_array()
            .into_iter()
            .flatten()
            .any(|one| text(one, "type") == "work" && assigned(one, "region").is_some());
        context.expect(&read).after(&answer).under(&["RFC7644-3.5.2.3-14"]).that(
            !kept,
            "the replaced address keeps the region that its new value does not give",
            format!("addresses {addresses}"),
        );
    }
    Ok(())
}

/// A change that may be refused with 400; if it is taken, the effect has to be there.
async fn refused_or_done(
    context: &Context,
    operations: &Value,
    open: &'static [&'static str],
    after: &Value,
) -> CheckResult {
    let user = context.user().await?;
    let answer = send(context, &user, operations).await?;
    context.expect(&answer).after(&user.exchange).under(open).status(&[400]);
    if is_done(&answer) {
        let read = context.read(&user).await?;
        expect_state(context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-22"]), &read, after);
    }
    Ok(())
}

async fn short_extension_name(context: &Context) -> CheckResult {
    need(context, &[&format!("{ENTERPRISE}:employeeNumber")])?;
    let number = context.data().name();
    let operations = json!([{"op": "add", "path": "employeeNumber", "value": number}]);
    let after = json!({(ENTERPRISE): {"employeeNumber": number}});
    refused_or_done(context, &operations, &["RFC7644-3.5.2-24"], &after).await
}

async fn extension_path(context: &Context) -> CheckResult {
    need(context, &[&format!("{ENTERPRISE}:department")])?;
    let values = json!({"department": context.data().name()});
    let operations = json!([{"op": "replace", "path": ENTERPRISE, "value": values}]);
    refused_or_done(context, &operations, &["RFC7644-3.5.2-45"], &json!({(ENTERPRISE): values})).await
}

async fn dotted_names(context: &Context) -> CheckResult {
    need(context, &["name.givenName", "name.familyName", &format!("{ENTERPRISE}:department")])?;
    let user = resource_with(context, &json!({"name": {"givenName": "Ada", "familyName": "Example"}})).await?;
    let department = format!("{ENTERPRISE}:department");
    let operations = json!([{"op": "replace", "value": {"name.givenName": "Bo", (&department): "Sluices"}}]);
    let answer = send(context, &user, &operations).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2-44"]).status(&[200, 204, 400]);
    let read = context.read(&user).await?;
    let literal = read
        .json()
        .ok()
        .and_then(Value::as_object)
        .is_some_and(|body| body.contains_key("name.givenName") || body.contains_key(&department));
    let expectation = context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-44"]).that(
        !literal,
        "the user has an attribute whose name is a path",
        String::from_utf8_lossy(&read.response_body),
    );
    let is_path = read.json().is_ok_and(|body| at(body, "name.givenName") == Some(&json!("Bo")));
    expectation.that(!is_path, "the names are read as paths", answer.status.to_string());
    Ok(())
}

async fn read_only_in_value(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({(&name): "before"})).await?;
    let operations = json!([{"op": "replace", "value": {"id": context.data().name(), (&name): "after"}}]);
    let answer = send(context, &user, &operations).await?;
    context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2-43"]).status(&[400]);
    let read = context.read(&user).await?;
    context.expect(&read).after(&answer).under(&["RFC7643-7-28"]).equals("id", &json!(user.id));
    let expected = if is_done(&answer) { "after" } else { "before" };
    context.expect(&read).after(&answer).under(&["RFC7644-3.5.2-29"]).equals(&name, &json!(expected));
    Ok(())
}
