//! Operations on the values that a filter in the path selects (RFC 7644 sections 3.5.2, 3.5.2.1 and 3.5.2.3).

use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::difference::at;

use super::attribute::need;
use super::change::{
    email, expect_change, expect_change_of_selected, expect_effect, expect_refusal, expect_state, is_done, needs_plain,
    needs_value_paths, resource_with, send, send_watched,
};
use crate::check::{Check, CheckResult, Context};
use crate::definition::{list, text};

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const DONE: &[&str] = &["200 with the user or 204, and a later GET shows the new state"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.value-path-record", "replace of the value that a filter selects changes that value and no other", &record)
        .matters("Endpoints that put the new value in the place of the whole list lose the other addresses.")
        .requirements(&["RFC7644-3.5.2-14"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.value-path-sub-attribute", "replace of one sub-attribute of the value that a filter selects changes just that", &sub_attribute)
        .matters("emails[type eq \"work\"].value is how Entra ID and OneLogin change an email.")
        .requirements(&["RFC7644-3.5.2-15"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.value-path-all-records", "replace through a filter replaces every value that matches", &all_records)
        .matters("An endpoint that stops at the first match leaves an old address in use.")
        .requirements(&["RFC7644-3.5.2.3-07"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.value-path-all-sub-attributes", "replace of a sub-attribute through a filter changes it in every value that matches", &all_sub_attributes)
        .matters("A company that moves to another country moves with all its addresses.")
        .requirements(&["RFC7644-3.5.2.3-08"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.value-path-without-match", "replace through a filter that matches nothing is refused", &without_match)
        .matters("A success without effect makes the client believe in an address that is nowhere.")
        .requirements(&["RFC7644-3.12-25", "RFC7644-3.5.2.3-09"])
        .needs(USERS)
        .legal(&["400 with scimType noTarget, and the user as it was"]),
    Check::new("patch.value-path-add", "add through a filter sets the sub-attribute of the value that matches", &add)
        .matters("Entra ID's validator adds addresses[type eq \"work\"].country; endpoints refuse the path as invalid.")
        .requirements(&["RFC7644-3.5.2.1-10"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.value-path-literal", "A value in a path's filter may hold blanks, dots, colons, brackets and escaped quotes", &literal)
        .matters("Endpoints that split paths at dots, colons or blanks change the wrong thing, or nothing.")
        .requirements(&["RFC7644-3.5.2-11", "RFC7644-3.5.2-15"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.value-path-display", "display of a value can be changed, or is refused as the endpoint's own schema says", &display)
        .matters("RFC 7643 calls display immutable in its text and readWrite in its tables.")
        .requirements(&["RFC7643-2.4-07", "RFC7644-3.12-04", "RFC7644-3.5.2-18"])
        .needs(USERS)
        .legal(&[
            "200 with the user or 204 and the new display",
            "400 with scimType mutability if the endpoint publishes it as readOnly or immutable, or does not publish schemas",
        ]),
];

async fn record(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let (work, home, other) = (email(context, "work"), email(context, "home"), email(context, "other"));
    let user = resource_with(context, &json!({"emails": [work, home, other]})).await?;
    let new = email(context, "home");
    let operations = json!([{"op": "replace", "path": "emails[type eq \"home\"]", "value": new}]);
    let after = json!({"emails": [work, new, other]});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2-14"], &after).await?;
    Ok(())
}

async fn sub_attribute(context: &Context) -> CheckResult {
    need(context, &["addresses.type", "addresses.streetAddress", "addresses.locality"])?;
    let address = |kind: &str, street: &str| json!({"type": kind, "streetAddress": street, "locality": "Springfield"});
    let user =
        resource_with(context, &json!({"addresses": [address("work", "1 Weir"), address("home", "2 Weir")]})).await?;
    let path = "addresses[type eq \"work\"].streetAddress";
    let operations = json!([{"op": "replace", "path": path, "value": "3 Weir"}]);
    let after = json!({"addresses": [address("work", "3 Weir"), address("home", "2 Weir")]});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2-15"], &after).await?;
    Ok(())
}

async fn all_records(context: &Context) -> CheckResult {
    need(context, &["addresses.type", "addresses.streetAddress", "addresses.country"])?;
    let address =
        |kind: &str, street: &str, country: &str| json!({"type": kind, "streetAddress": street, "country": country});
    let before = [address("work", "1 Weir", "DE"), address("work", "2 Weir", "FR"), address("home", "3 Weir", "DE")];
    let user = resource_with(context, &json!({"addresses": before})).await?;
    let value = json!({"type": "work", "country": "US"});
    let operations = json!([{"op": "replace", "path": "addresses[type eq \"work\"]", "value": value}]);
    let under = &["RFC7644-3.5.2.3-07"];
    let answer = send(context, &user, &operations).await?;
    context.expect(&answer).after(&user.exchange).under(under).status(&[200, 204]);
    if !is_done(&answer) {
        return Ok(());
    }
    // Two values that became equal in everything may be kept as one (RFC 7643 section 2.4).
    let read = context.read(&user).await?;
    let work: Vec<Value> = read
        .json()
        .ok()
        .and_then(|body| at(body, "addresses"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|address| text(address, "type") == "work")
        .cloned()
        .collect();
    let home = read.json().is_ok_and(|body| list(body, "addresses").iter().any(|one| text(one, "country") == "DE"));
    context.expect(&read).after(&answer).under(under).that(
        !work.is_empty() && work.iter().all(|address| text(address, "country") == "US") && home,
        "not every work address has the new country, or the home address has not kept its own",
        format!("work addresses {}", Value::from(work.clone())),
    );
    Ok(())
}

async fn all_sub_attributes(context: &Context) -> CheckResult {
    need(context, &["addresses.type", "addresses.streetAddress", "addresses.country"])?;
    let address =
        |kind: &str, street: &str, country: &str| json!({"type": kind, "streetAddress": street, "country": country});
    let before = [address("work", "1 Weir", "DE"), address("work", "2 Weir", "FR"), address("home", "3 Weir", "DE")];
    let after = [address("work", "1 Weir", "US"), address("work", "2 Weir", "US"), address("home", "3 Weir", "DE")];
    let user = resource_with(context, &json!({"addresses": before})).await?;
    let operations = json!([{"op": "replace", "path": "addresses[type eq \"work\"].country", "value": "US"}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.3-08"], &json!({"addresses": after})).await?;
    Ok(())
}

async fn without_match(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let work = email(context, "work");
    let user = resource_with(context, &json!({"emails": [work]})).await?;
    let under = &["RFC7644-3.5.2.3-09"];
    for (path, value) in [
        ("emails[type eq \"home\"].value", json!("x@example.com")),
        ("emails[type eq \"home\"]", email(context, "home")),
    ] {
        let operations = json!([{"op": "replace", "path": path, "value": value}]);
        let answer = send(context, &user, &operations).await?;
        if !answer.is_refused_as("noTarget") {
            needs_value_paths(context, &answer).await?;
        }
        let expectation = context.expect(&answer).after(&user.exchange).under(under).status(&[400]);
        if answer.status == 400 {
            expectation.under(&["RFC7644-3.12-25", "RFC7644-3.5.2.3-09"]).scim_type(&["noTarget"]);
        }
        let read = context.read(&user).await?;
        expect_state(context.expect(&read).after(&answer).under(under), &read, &json!({"emails": [work]}));
    }
    Ok(())
}

async fn add(context: &Context) -> CheckResult {
    need(context, &["addresses.type", "addresses.locality", "addresses.country"])?;
    let work = json!({"type": "work", "locality": "Springfield"});
    let home = json!({"type": "home", "locality": "Shelbyville"});
    let user = resource_with(context, &json!({"addresses": [work, home]})).await?;
    let operations = json!([{"op": "add", "path": "addresses[type eq \"work\"].country", "value": "US"}]);
    let work = json!({"type": "work", "locality": "Springfield", "country": "US"});
    let after = json!({"addresses": [work, home]});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.1-10"], &after).await?;
    Ok(())
}

async fn literal(context: &Context) -> CheckResult {
    need(context, &["addresses.type", "addresses.formatted", "addresses.locality"])?;
    let odd = "1.2 Weir: \"old\" [mill]";
    let plain = json!({"type": "home", "formatted": "1", "locality": "Springfield"});
    let before = json!({"addresses": [{"type": "work", "formatted": odd, "locality": "Springfield"}, plain]});
    let user = resource_with(context, &before).await?;
    let path = format!("addresses[formatted eq {}].locality", json!(odd));
    let operations = json!([{"op": "replace", "path": path, "value": "Shelbyville"}]);
    let after = json!({"addresses": [{"type": "work", "formatted": odd, "locality": "Shelbyville"}, plain]});
    let under = &["RFC7644-3.5.2-11", "RFC7644-3.5.2-15"];
    let plain = json!({"op": "replace", "path": "addresses[formatted eq \"1\"].locality", "value": "Shelbyville"});
    let patched = send_watched(context, &user, &operations, false).await?;
    needs_plain(context, &patched.answer, &before, &plain, "patch.value-path-sub-attribute").await?;
    expect_effect(context, &user, patched, under, &after);
    Ok(())
}

async fn display(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let sub_attribute = context
        .discovery()
        .schema("urn:ietf:params:scim:schemas:core:2.0:User")
        .and_then(|schema| list(schema, "attributes").iter().find(|attribute| text(attribute, "name") == "emails"))
        .map(|emails| list(emails, "subAttributes").iter().find(|attribute| text(attribute, "name") == "display"));
    if let Some(None) = sub_attribute {
        return context.skip("the endpoint's emails have no display");
    }
    let mutability = sub_attribute.flatten().map(|display| text(display, "mutability"));
    let mut work = email(context, "work");
    work["display"] = json!("Work");
    let user = resource_with(context, &json!({"emails": [work]})).await?;
    let operations = json!([{"op": "replace", "path": "emails[type eq \"work\"].display", "value": "Office"}]);
    if mutability == Some("readWrite") {
        work["display"] = json!("Office");
        let after = json!({"emails": [work]});
        expect_change_of_selected(context, &user, &operations, &["RFC7644-3.5.2-18"], &after).await?;
    } else if mutability.is_none() {
        let answer = send(context, &user, &operations).await?;
        context.expect(&answer).after(&user.exchange).under(&["RFC7643-2.4-07"]).status(&[200, 204, 400]);
    } else {
        expect_refusal(context, &user, &operations, &["RFC7643-2.4-07"], &["mutability"]).await?;
    }
    Ok(())
}
