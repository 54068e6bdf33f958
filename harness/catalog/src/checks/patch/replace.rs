//! `replace` (RFC 7644 section 3.5.2.3), where no filter selects the values.

use scim::capability::Capability;
use serde_json::json;
use weir_exchange::Request;
use weir_exchange::difference::assigned;

use super::attribute::{need, need_optional, plain, plain_one, texts};
use super::change::{email, expect_change, expect_refusal, ids, is_done, is_told_apart, resource_with, send};
use crate::check::{Check, CheckResult, Context, PATCHED};
use crate::data::USER;

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const DONE: &[&str] = &["200 with the user or 204, and a later GET shows the new state"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.replace", "replace gives a singular attribute its new value", &replace)
        .matters("The most frequent change of all: a person gets another name or title.")
        .requirements(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.3-02"])
        .legal(DONE)
        .on_every_type(PATCHED),
    Check::new("patch.replace-absent", "replace of an attribute without value adds it", &replace_absent)
        .matters("Entra ID sends replace whether or not the endpoint has a value; a refusal puts the user on its error list.")
        .requirements(&["RFC7644-3.5.2.3-04"])
        .legal(DONE)
        .on_every_type(PATCHED),
    Check::new("patch.replace-complex", "replace of a complex attribute changes the sub-attributes that are given and keeps the others", &replace_complex)
        .matters("Endpoints that replace the whole object lose givenName when SailPoint or Entra ID sends familyName alone.")
        .requirements(&["RFC7644-3.5.2.3-05", "RFC7644-3.5.2.3-06"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.replace-list", "replace of a multi-valued attribute puts the new values in the place of all old ones", &replace_list)
        .matters("An address that should be gone goes on receiving mail.")
        .requirements(&["RFC7644-3.5.2.3-03"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.replace-without-path", "replace without path replaces the attributes of its value and leaves the rest alone", &replace_without_path)
        .matters("Okta deactivates and renames this way, with no path at all.")
        .requirements(&["RFC7644-3.5.2-09", "RFC7644-3.5.2.3-01"])
        .legal(DONE)
        .on_every_type(PATCHED),
    Check::new("patch.replace-list-without-path", "replace without path replaces multi-valued attributes whole", &replace_list_without_path)
        .matters("An endpoint that appends instead keeps what was to be replaced.")
        .requirements(&["RFC7644-3.5.2.3-10"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.replace-without-value", "replace without value is refused", &replace_without_value)
        .matters("An endpoint that reads it as a removal deletes what the client meant to change.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2.3-11"])
        .legal(&["400 with scimType invalidValue or invalidSyntax, and the old value"])
        .on_every_type(PATCHED),
    Check::new("patch.replace-null", "replace with null, or with an empty list, takes the value away", &replace_null)
        .matters("Clients that clear a field send null; an endpoint that stores the word, or ignores it, keeps what was withdrawn.")
        .requirements(&["RFC7643-2.5-04"])
        .needs(USERS)
        .legal(&["200 with the user or 204; a later GET has no value, and a filter with pr does not match"]),
    Check::new("patch.replace-user-name", "A user gets another userName and is found by it, and no longer by the old one", &replace_user_name)
        .matters("People marry; a provisioner that finds the old name creates the person again under the new one.")
        .requirements(&["RFC7644-3.5.2.3-02"])
        .needs(USERS)
        .legal(DONE),
    Check::new("patch.replace-taken-user-name", "A userName that another user has is refused", &replace_taken_user_name)
        .matters("Two accounts with one login are a way into somebody else's data.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-39"])
        .needs(USERS)
        .legal(&["409 or 400 with scimType uniqueness, and the old userName"]),
];

async fn replace(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let user = resource_with(context, &json!({(&name): context.data().name()})).await?;
    let value = context.data().name();
    let operations = json!([{"op": "replace", "path": name, "value": value}]);
    let under = &["RFC7644-3.5.2-02", "RFC7644-3.5.2.3-02"];
    expect_change(context, &user, &operations, under, &json!({(name): value})).await?;
    Ok(())
}

async fn replace_absent(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({(&name): null})).await?;
    let value = context.data().name();
    let operations = json!([{"op": "replace", "path": name, "value": value}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.3-04"], &json!({(name): value})).await?;
    Ok(())
}

async fn replace_complex(context: &Context) -> CheckResult {
    need(context, &["name.familyName", "name.givenName", "name.middleName"])?;
    let user = resource_with(context, &json!({"name": {"familyName": "Example", "givenName": "Ada"}})).await?;
    let operations = json!([{"op": "replace", "path": "name", "value": {"givenName": "Bo", "middleName": "Mae"}}]);
    let after = json!({"name": {"familyName": "Example", "givenName": "Bo", "middleName": "Mae"}});
    let under = &["RFC7644-3.5.2.3-05", "RFC7644-3.5.2.3-06"];
    expect_change(context, &user, &operations, under, &after).await?;
    Ok(())
}

async fn replace_list(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let user = resource_with(context, &json!({"emails": [email(context, "work"), email(context, "home")]})).await?;
    let new = email(context, "other");
    let operations = json!([{"op": "replace", "path": "emails", "value": [new]}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.3-03"], &json!({"emails": [new]})).await?;
    Ok(())
}

async fn replace_without_path(context: &Context) -> CheckResult {
    let names = plain(context, 3)?;
    let kept = context.data().name();
    let user = resource_with(context, &json!({(&names[0]): kept, (&names[1]): kept, (&names[2]): kept})).await?;
    let (first, second) = (context.data().name(), context.data().name());
    let operations = json!([{"op": "replace", "value": {(&names[0]): first, (&names[1]): second}}]);
    let after = json!({(&names[0]): first, (&names[1]): second, (&names[2]): kept});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.3-01"], &after).await?;
    Ok(())
}

async fn replace_list_without_path(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let user = resource_with(context, &json!({"emails": [email(context, "work"), email(context, "home")]})).await?;
    let new = email(context, "other");
    let operations = json!([{"op": "replace", "value": {"emails": [new]}}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.3-10"], &json!({"emails": [new]})).await?;
    Ok(())
}

async fn replace_without_value(context: &Context) -> CheckResult {
    let name = texts(context, 1)?.swap_remove(0);
    let value = context.data().name();
    let user = resource_with(context, &json!({(&name): value})).await?;
    let operations = json!([{"op": "replace", "path": name}]);
    let under = &["RFC7644-3.5.2.3-11"];
    let answer = expect_refusal(context, &user, &operations, under, &["invalidValue", "invalidSyntax"]).await?;
    let read = context.read(&user).await?;
    context.expect(&read).after(&answer).under(under).equals(&name, &json!(value));
    Ok(())
}

async fn replace_null(context: &Context) -> CheckResult {
    need(context, &["name.familyName", "name.middleName", "emails.value", "emails.type"])?;
    need_optional(context, "emails")?;
    let names = plain(context, 2)?;
    let value = context.data().name();
    let before = json!({
        (&names[0]): value, (&names[1]): value, "name": {"familyName": "Example", "middleName": "Mae"},
        "emails": [email(context, "work")],
    });
    let user = resource_with(context, &before).await?;
    let under = &["RFC7643-2.5-04"];
    for (operation, after) in [
        (json!({"op": "replace", "path": names[0], "value": null}), json!({(&names[0]): null})),
        (json!({"op": "replace", "value": {(&names[1]): null}}), json!({(&names[1]): null})),
        (
            json!({"op": "replace", "path": "name.middleName", "value": null}),
            json!({"name.middleName": null, "name": {"familyName": "Example"}}),
        ),
        (json!({"op": "replace", "path": "emails", "value": []}), json!({"emails": null})),
    ] {
        expect_change(context, &user, &json!([operation]), under, &after).await?;
    }
    if context.discovery().offers(Capability::FilterUsers) {
        let user_name = user.value("userName").clone();
        let filter = format!("userName eq {user_name} and {} pr", names[0]);
        let found = context.look_up(Request::get("/Users").query("filter", &filter)).await?;
        let is_found = ids(&found).contains(&user.id.as_str());
        if found.status == 200 {
            context.expect(&found).under(under).that(
                !(is_found && is_told_apart(context, &user, &format!("{} pr", names[0])).await?),
                "the user is still found by a filter that asks for the attribute that was set to null",
                format!("ids {}", ids(&found).join(", ")),
            );
        }
    }
    Ok(())
}

async fn replace_user_name(context: &Context) -> CheckResult {
    context.needs_changeable(USER, "userName")?;
    let user = context.user().await?;
    let old = user.value("userName").clone();
    let new = context.data().new_user_name();
    let operations = json!([{"op": "replace", "path": "userName", "value": new}]);
    let under = &["RFC7644-3.5.2.3-02"];
    let answer = expect_change(context, &user, &operations, under, &json!({"userName": new})).await?;
    let Some(answer) = answer else { return Ok(()) };
    for (name, ids) in [(json!(new), &[user.id.as_str()][..]), (old, &[])] {
        let Some(named) = context.named_in_lists(&json!({"userName": name})).await? else { return Ok(()) };
        context.expect(&named.list).after(&answer).under(under).status(&[200]).lists(ids);
    }
    Ok(())
}

async fn replace_taken_user_name(context: &Context) -> CheckResult {
    context.needs_changeable(USER, "userName")?;
    let (user, other) = (context.user().await?, context.user().await?);
    let name = |of: &crate::check::Resource| of.value("userName").clone();
    let operations = json!([{"op": "replace", "path": "userName", "value": name(&other)}]);
    let answer = send(context, &user, &operations).await?;
    let under = &["RFC7644-3.5.2-39"];
    let expectation = context.expect(&answer).after(&other.exchange).under(under).status(&[400, 409]);
    if !is_done(&answer) {
        if answer.json().is_ok_and(|body| assigned(body, "scimType").is_some()) {
            expectation.scim_type(&["uniqueness"]);
        } else {
            expectation.under(&["RFC7644-3.12-04"]).scim_type(&["uniqueness"]);
        }
    }
    let read = context.read(&user).await?;
    context.expect(&read).after(&answer).under(under).equals("userName", &name(&user));
    Ok(())
}
