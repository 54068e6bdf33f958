//! `remove` (RFC 7644 section 3.5.2.2).

use scim::capability::Capability;
use serde_json::json;
use weir_exchange::Request;
use weir_exchange::difference::assigned;

use super::attribute::{need, need_optional, plain_one};
use super::change::{
    ENTERPRISE, email, expect_change, expect_change_of_selected, expect_refusal, ids, is_told_apart, resource_with,
};
use crate::check::{Check, CheckResult, Context, PATCHED};
use crate::definition::text;

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const DONE: &[&str] = &["200 with the user or 204, and a later GET shows the new state"];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("patch.remove", "remove takes the value of a singular attribute away", &remove)
        .matters("A title that cannot be taken away goes on giving rights.")
        .requirements(&["RFC7644-3.5.2-02", "RFC7644-3.5.2.2-02"])
        .legal(DONE)
        .on_every_type(PATCHED),
    Check::new("patch.remove-list", "remove of a multi-valued attribute takes all its values away", &remove_list)
        .matters("An attribute that is left as a list with nothing in it may still count as present.")
        .requirements(&["RFC7644-3.5.2.2-03"])
        .needs(USERS)
        .legal(DONE),
    Check::new(
        "patch.remove-values",
        "remove with a value filter removes the values that match and no other",
        &remove_values,
    )
    .matters("An endpoint that ignores the filter, or half of it, deletes addresses that the client did not name.")
    .requirements(&["RFC7644-3.5.2.2-04", "RFC7644-3.5.2.2-06"])
    .needs(USERS)
    .legal(DONE),
    Check::new("patch.remove-last-value", "When the last value goes, the attribute has no value", &remove_last_value)
        .matters("A user whose list of emails is empty but there is found as one who has an email, and gets no mail.")
        .requirements(&["RFC7644-3.5.2.2-05", "RFC7644-3.5.2.2-08"])
        .needs(USERS)
        .legal(&["200 with the user or 204; a later GET has no such attribute, and a filter with pr does not match"]),
    Check::new(
        "patch.remove-several-values",
        "Several values removed in one request are the ones that were named",
        &remove_several_values,
    )
    .matters("Endpoints that turn filters into positions first remove the wrong ones when the list shrinks under them.")
    .requirements(&["RFC7644-3.5.2-27", "RFC7644-3.5.2.2-04"])
    .needs(USERS)
    .legal(DONE),
    Check::new(
        "patch.remove-sub-attribute",
        "remove of a sub-attribute keeps the other sub-attributes",
        &remove_sub_attribute,
    )
    .matters("A middle name that goes must not take the family name along.")
    .requirements(&["RFC7644-3.5.2.2-07"])
    .needs(USERS)
    .legal(DONE),
    Check::new(
        "patch.remove-sub-attribute-of-value",
        "remove with filter and sub-attribute drops just that sub-attribute",
        &remove_sub_attribute_of_value,
    )
    .matters("Clearing one field of an address must not delete the address.")
    .requirements(&["RFC7644-3.5.2.2-12"])
    .needs(USERS)
    .legal(DONE),
    Check::new(
        "patch.remove-extension-attribute",
        "remove of an extension's attribute by its URN works",
        &remove_extension_attribute,
    )
    .matters("Who leaves a department must leave it in every application.")
    .requirements(&["RFC7644-3.5.2.2-15"])
    .needs(USERS)
    .legal(DONE),
    Check::new("patch.remove-without-path", "remove without path is refused", &remove_without_path)
        .matters("Guessing what was meant would delete something.")
        .requirements(&["RFC7644-3.12-04", "RFC7644-3.5.2-10", "RFC7644-3.5.2.2-01"])
        .legal(&["400 with scimType noTarget, and nothing is removed"])
        .on_every_type(PATCHED),
];

async fn remove(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let user = resource_with(context, &json!({(&name): context.data().name()})).await?;
    let operations = json!([{"op": "remove", "path": name}]);
    let under = &["RFC7644-3.5.2-02", "RFC7644-3.5.2.2-02"];
    expect_change(context, &user, &operations, under, &json!({(name): null})).await?;
    Ok(())
}

async fn remove_list(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    need_optional(context, "emails")?;
    let user = resource_with(context, &json!({"emails": [email(context, "work"), email(context, "home")]})).await?;
    let operations = json!([{"op": "remove", "path": "emails"}]);
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.2-03"], &json!({"emails": null})).await?;
    Ok(())
}

async fn remove_values(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let emails = ["work", "work", "home", "other"].map(|kind| email(context, kind));
    let [first, second, home, other] = &emails;
    let user = resource_with(context, &json!({"emails": emails})).await?;
    let path = format!("emails[value eq {}]", home["value"]);
    let operations = json!([{"op": "remove", "path": path}]);
    let after = json!({"emails": [first, second, other]});
    let Some(_) = expect_change(context, &user, &operations, &["RFC7644-3.5.2.2-04"], &after).await? else {
        return Ok(());
    };
    let path = format!("emails[type eq \"work\" and value sw {}]", second["value"]);
    let operations = json!([{"op": "remove", "path": path}]);
    let after = json!({"emails": [first, other]});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.2-06"], &after).await?;
    Ok(())
}

async fn remove_last_value(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    need_optional(context, "emails")?;
    let user = resource_with(context, &json!({"emails": [email(context, "work")]})).await?;
    let operations = json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]);
    let under = &["RFC7644-3.5.2.2-05", "RFC7644-3.5.2.2-08"];
    let answer = expect_change_of_selected(context, &user, &operations, under, &json!({"emails": null})).await?;
    if let Some(answer) = answer
        && context.discovery().offers(Capability::FilterUsers)
    {
        let name = user.value("userName").clone();
        let filter = format!("userName eq {name} and emails pr");
        let found = context.look_up(Request::get("/Users").query("filter", &filter)).await?;
        let is_found = ids(&found).contains(&user.id.as_str());
        // Whether this filter can be answered at all is for other checks.
        if found.status == 200 {
            context.expect(&found).after(&answer).under(&["RFC7644-3.5.2.2-05"]).that(
                !(is_found && is_told_apart(context, &user, "emails pr").await?),
                "the user is still found by a filter that asks for an email",
                format!("ids {}", ids(&found).join(", ")),
            );
        }
    }
    Ok(())
}

async fn remove_several_values(context: &Context) -> CheckResult {
    need(context, &["emails.value", "emails.type"])?;
    let emails = ["work", "home", "other", "work", "home"].map(|kind| email(context, kind));
    let user = resource_with(context, &json!({"emails": emails})).await?;
    let remove = |index: usize| {
        let path = format!("emails[value eq {}]", emails[index]["value"]);
        json!({"op": "remove", "path": path})
    };
    let operations = json!([remove(0), remove(1), remove(3)]);
    let under = &["RFC7644-3.5.2-27", "RFC7644-3.5.2.2-04"];
    let after = json!({"emails": [emails[2], emails[4]]});
    expect_change_of_selected(context, &user, &operations, under, &after).await?;
    Ok(())
}

async fn remove_sub_attribute(context: &Context) -> CheckResult {
    need(context, &["name.familyName", "name.middleName"])?;
    let user = resource_with(context, &json!({"name": {"familyName": "Example", "middleName": "Mae"}})).await?;
    let operations = json!([{"op": "remove", "path": "name.middleName"}]);
    let after = json!({"name.middleName": null, "name": {"familyName": "Example"}});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.2-07"], &after).await?;
    Ok(())
}

async fn remove_sub_attribute_of_value(context: &Context) -> CheckResult {
    need(context, &["addresses.type", "addresses.region", "addresses.locality"])?;
    let work = json!({"type": "work", "locality": "Springfield", "region": "Example"});
    let home = json!({"type": "home", "locality": "Shelbyville", "region": "Example"});
    let user = resource_with(context, &json!({"addresses": [work, home]})).await?;
    let operations = json!([{"op": "remove", "path": "addresses[type eq \"work\"].region"}]);
    let under = &["RFC7644-3.5.2.2-12"];
    let after = json!({"addresses": [{"type": "work", "locality": "Springfield"}, home]});
    let Some(answer) = expect_change(context, &user, &operations, under, &after).await? else { return Ok(()) };
    let read = context.read(&user).await?;
    let addresses = read.at("addresses").cloned().unwrap_or_default();
    let rest = addresses.as_array().into_iter().flatten().filter(|address| text(address, "type") == "work");
    context.expect(&read).after(&answer).under(under).that(
        rest.clone().all(|address| assigned(address, "region").is_none()),
        "the work address still has the region that was removed",
        rest.map(ToString::to_string).collect::<Vec<_>>().join(", "),
    );
    Ok(())
}

async fn remove_extension_attribute(context: &Context) -> CheckResult {
    need(context, &[&format!("{ENTERPRISE}:department"), &format!("{ENTERPRISE}:division")])?;
    let values = json!({"department": "Sluices", "division": "Rivers"});
    let user = resource_with(context, &json!({(ENTERPRISE): values})).await?;
    let path = format!("{ENTERPRISE}:department");
    let operations = json!([{"op": "remove", "path": path}]);
    let after = json!({(path): null, (ENTERPRISE): {"division": "Rivers"}});
    expect_change(context, &user, &operations, &["RFC7644-3.5.2.2-15"], &after).await?;
    Ok(())
}

async fn remove_without_path(context: &Context) -> CheckResult {
    let name = plain_one(context)?;
    let value = context.data().name();
    let user = resource_with(context, &json!({(&name): value})).await?;
    let under = &["RFC7644-3.5.2-10", "RFC7644-3.5.2.2-01"];
    for operations in [json!([{"op": "remove"}]), json!([{"op": "remove", "value": {(&name): value}}])] {
        let answer = expect_refusal(context, &user, &operations, under, &["noTarget"]).await?;
        let read = context.read(&user).await?;
        context.expect(&read).after(&answer).under(under).equals(&name, &json!(value));
    }
    Ok(())
}
