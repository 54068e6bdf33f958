//! The word that says what kind of fault a request has (RFC 7644 section 3.12, table 9).

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;
use weir_exchange::request::SCIM_JSON;

use super::word;
use crate::check::On::Only;
use crate::check::cohort::is_refused_as_unsupported;
use crate::check::{Check, CheckResult, Context, patch_of};
use crate::data::{GROUP, USER};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("errors.uniqueness", "A userName that is taken is a conflict of uniqueness", &uniqueness)
        .matters("Provisioners link to the account that is there when they read uniqueness, and give up on anything else.")
        .requirements(&["RFC7644-3.12-13", "RFC7644-3.12-21", "RFC7643-7-41"])
        .needs(&[Capability::CreateUsers])
        .legal(&["409 with scimType uniqueness", "400 with scimType uniqueness, for a replacement"])
        .on(Only("User", "not migrated")),
    Check::new("errors.mutability", "A change of what cannot be changed is refused with the word mutability", &mutability)
        .matters("A client that is told mutability stops sending the attribute; told anything else it sends it again each cycle.")
        .requirements(&["RFC7644-3.12-22", "RFC7644-3.12-04"])
        .needs(&[Capability::CreateUsers, Capability::PatchUsers])
        .legal(&["400 with scimType mutability", "400 without scimType"])
        .on(Only("User", "not migrated")),
    Check::new("errors.filter-words", "A filter that cannot be evaluated is refused with the word invalidFilter", &filter)
        .matters("Clients fall back to reading the whole list when they read invalidFilter; a bare 400 looks like a fault of theirs.")
        .requirements(&["RFC7644-3.12-18", "RFC7644-3.12-04"])
        .needs(&[Capability::FilterUsers])
        .legal(&["400 with scimType invalidFilter", "400 without scimType"])
        .on(Only("User", "not migrated")),
    Check::new("errors.path-words", "A PATCH path that is malformed, or selects nothing, is refused with a word for paths", &path)
        .matters("noTarget tells a client that the value is gone already, and invalidPath that it will never work.")
        .requirements(&["RFC7644-3.12-24", "RFC7644-3.12-25"])
        .needs(&[Capability::CreateUsers, Capability::PatchUsers])
        .legal(&[
            "400 with invalidPath (or invalidFilter, noTarget) for a malformed path",
            "400 with noTarget for no match",
        ])
        .on(Only("User", "not migrated")),
    Check::new("errors.required-missing", "A resource without a required attribute is refused with the word invalidValue", &required)
        .matters("An account without a userName, or a group without a name, is found by no client again.")
        .requirements(&["RFC7644-3.12-09", "RFC7644-3.12-26", "RFC7644-3.12-04"])
        .needs(&[Capability::CreateUsers])
        .legal(&["400 with scimType invalidValue", "400 without scimType"])
        .on(Only("User", "not migrated")),
    Check::new("errors.no-resource", "A body that is not a JSON object is refused", &no_resource)
        .matters("A client whose serialiser fails must learn of it at once, not find empty accounts later.")
        .requirements(&["RFC7644-3.12-01", "RFC7644-3.12-09", "RFC7644-3.12-23", "RFC7644-3.12-04"])
        .needs(&[Capability::CreateUsers])
        .legal(&["400 with scimType invalidSyntax", "400 without scimType"])
        .on(Only("User", "not migrated")),
    Check::new("errors.word-fits-status", "A scimType stands with the HTTP status that it is defined for", &fits)
        .matters("Libraries map the pair of status and word to an exception; an odd pair falls through to the general one.")
        .requirements(&["RFC7644-3.12-31"])
        .needs(&[Capability::CreateUsers])
        .legal(&["400; uniqueness also with 409, sensitive with 403"])
        .on(Only("User", "not migrated")),
    Check::new("errors.too-many", "A filter that matches everybody is answered, or refused with the word tooMany", &too_many)
        .matters("A client that is told tooMany narrows its filter; one that is told invalidFilter gives up filtering.")
        .requirements(&["RFC7644-3.4.2.1-04", "RFC7644-3.12-19", "RFC7644-3.12-20"])
        .needs(&[Capability::FilterUsers])
        .legal(&["200", "400 with scimType tooMany"])
        .on(Only("User", "not migrated")),
    Check::new("errors.sensitive", "A query that is refused as sensitive says so, under the status that it is sent with", &sensitive)
        .matters("A client that reads the body's status instead of HTTP's acts on the wrong one.")
        .requirements(&["RFC7644-7.5.2-03", "RFC7644-7.5.2-04", "RFC7644-3.12-28"])
        .needs(&[Capability::FilterUsers])
        .legal(&[
            "403 with status \"403\", and scimType sensitive or none",
            "400 invalidFilter",
            "200 that discloses nothing",
        ])
        .on(Only("User", "not migrated")),
    Check::new("errors.bulk-words", "An operation of a bulk request fails with the words of single requests", &bulk)
        .matters("A client that batches its creates has to tell a duplicate from a bad value inside the batch as well.")
        .requirements(&["RFC7644-3.12-30", "RFC7644-3.12-26"])
        .needs(&[Capability::Bulk, Capability::CreateUsers])
        .legal(&["200, the operation's response a SCIM Error with scimType invalidValue or none"])
        .on(Only("User", "not migrated")),
];

async fn uniqueness(context: &Context) -> CheckResult {
    let first = context.user().await?;
    let mut again = context.data().user();
    again["userName"] = first.value("userName").clone();
    let answer = context.send(Request::post("/Users").json(&again)).await?;
    context.expect(&answer).under(&["RFC7644-3.12-13"]).status(&[409]);
    if answer.status == 409 {
        context.expect(&answer).under(&["RFC7644-3.12-21"]).scim_type(&["uniqueness"]);
    }
    if !context.discovery().offers(Capability::ReplaceUsers) {
        return Ok(());
    }
    let second = context.user().await?;
    let answer = context.send(second.request(Method::PUT).json(&again)).await?;
    context.expect(&answer).under(&["RFC7643-7-41", "RFC7644-3.12-13"]).status(&[409, 400]);
    if matches!(answer.status, 400 | 409) {
        context.expect(&answer).under(&["RFC7644-3.12-21"]).scim_type(&["uniqueness"]);
    }
    Ok(())
}

async fn mutability(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let patch = patch_of(&json!([{"op": "replace", "path": "id", "value": context.data().uuid()}]));
    let answer = context.send(user.request(Method::PATCH).json(&patch)).await?;
    context.expect(&answer).under(&["RFC7644-3.12-22"]).refused(&[400], &["mutability"]);
    Ok(())
}

async fn filter(context: &Context) -> CheckResult {
    let mut filters = vec!["userName zz \"x\"", "userName eq", "(userName eq \"x\""];
    if context.data().publishes(USER, "active") {
        // Ordering has no meaning for booleans (RFC 7644 section 3.4.2.2).
        filters.push("active gt true");
    }
    for filter in filters {
        let answer = context.send(Request::get("/Users").query("filter", filter)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-18"]).refused(&[400], &["invalidFilter"]);
    }
    Ok(())
}

async fn path(context: &Context) -> CheckResult {
    context.needs_attributes(USER, &["emails.value", "emails.type"])?;
    let user = context.user().await?;
    let patch = |path: &str| patch_of(&json!([{"op": "replace", "path": path, "value": "x@example.com"}]));
    let malformed = context.send(user.request(Method::PATCH).json(&patch("]["))).await?;
    context
        .expect(&malformed)
        .under(&["RFC7644-3.12-24"])
        .refused(&[400], &["invalidPath", "invalidFilter", "noTarget"]);
    let nothing = "emails[type eq \"no such type\"].value";
    let answer = context.send(user.request(Method::PATCH).json(&patch(nothing))).await?;
    context.expect(&answer).under(&["RFC7644-3.12-25"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.12-25"]).scim_type(&["noTarget"]);
    }
    Ok(())
}

/// Whether the schema `uri`, if it is published, says that the attribute has to be there.
fn is_required(context: &Context, uri: &str, name: &str) -> bool {
    context.data().attributes(uri).is_none_or(|attributes| {
        attributes.iter().any(|attribute| {
            at(attribute, "name").and_then(Value::as_str).is_some_and(|other| other.eq_ignore_ascii_case(name))
                && at(attribute, "required") == Some(&Value::Bool(true))
        })
    })
}

async fn required(context: &Context) -> CheckResult {
    let mut bodies = Vec::new();
    if is_required(context, USER, "userName") {
        bodies.push(("/Users", "userName", context.data().user()));
    }
    if context.discovery().offers(Capability::CreateGroups) && is_required(context, GROUP, "displayName") {
        bodies.push(("/Groups", "displayName", context.data().group()));
    }
    if bodies.is_empty() {
        return context.skip("the endpoint publishes neither userName nor displayName as required");
    }
    for (endpoint, name, mut body) in bodies {
        if let Some(members) = body.as_object_mut() {
            members.remove(name);
        }
        let answer = context.send(Request::post(endpoint).json(&body)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-09"]).status(&[400]);
        if answer.status == 400 {
            context.expect(&answer).under(&["RFC7644-3.12-26"]).refused(&[400], &["invalidValue"]);
        }
    }
    Ok(())
}

async fn no_resource(context: &Context) -> CheckResult {
    for body in ["", "this is no JSON", "[]", "\"text\"", "42", "null", "{\"a\":1} {\"b\":2}", "<user/>"] {
        let answer = context.send(Request::post("/Users").body(body, SCIM_JSON)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-09"]).status(&[400]);
        if answer.status == 400 {
            context.expect(&answer).under(&["RFC7644-3.12-01"]).error();
            context.expect(&answer).under(&["RFC7644-3.12-23"]).refused(&[400], &["invalidSyntax", "invalidValue"]);
        }
    }
    Ok(())
}

async fn fits(context: &Context) -> CheckResult {
    let user = context.user().await?;
    let mut taken = context.data().user();
    taken["userName"] = user.value("userName").clone();
    for request in [
        Request::post("/Users").json(&taken),
        Request::post("/Users").json(&json!({"schemas": [USER]})),
        Request::post("/Users").body("{", SCIM_JSON),
        Request::get("/Users").query("filter", "userName zz \"x\""),
        user.request(Method::PATCH).json(&patch_of(&json!([{"op": "remove"}]))),
    ] {
        let answer = context.send(request).await?;
        let Some(found) = word(&answer, "scimType") else { continue };
        let fitting = match found {
            "uniqueness" => matches!(answer.status, 400 | 409),
            "sensitive" => matches!(answer.status, 400 | 403),
            _ => answer.status == 400,
        };
        context.expect(&answer).that(
            fitting,
            &format!("scimType {found} stands with another status"),
            answer.status.to_string(),
        );
    }
    Ok(())
}

async fn too_many(context: &Context) -> CheckResult {
    let answer = context.send(Request::get("/Users").query("filter", "userName pr").query("count", "2")).await?;
    context.expect(&answer).under(&["RFC7644-3.12-20", "RFC7644-3.4.2.1-04"]).status(&[200, 400]);
    if is_refused_as_unsupported(&answer) && context.abilities().refuses_narrowing("/Users").is_some() {
        return context.unable("`userName pr` is refused as unsupported, as `userName sw` is; `filter.pr` judges that");
    }
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.4.2.1-04", "RFC7644-3.12-19"]).error().scim_type(&["tooMany"]);
    }
    Ok(())
}

async fn sensitive(context: &Context) -> CheckResult {
    let answer = context.send(Request::get("/Users").query("filter", "password eq \"Tr0ub4dor&3-weir\"")).await?;
    context.expect(&answer).under(&["RFC7644-7.5.2-03"]).status(&[403, 400, 200]);
    if answer.status != 403 {
        return Ok(());
    }
    let expectation = context.expect(&answer).under(&["RFC7644-7.5.2-04"]).json();
    expectation.equals("status", &json!("403"));
    let found = word(&answer, "scimType");
    context.expect(&answer).under(&["RFC7644-3.12-28"]).that(
        found.is_none_or(|found| found == "sensitive"),
        "a query refused with 403 carries a word of another meaning",
        found.unwrap_or_default(),
    );
    Ok(())
}

async fn bulk(context: &Context) -> CheckResult {
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": [USER]}}],
    });
    let answer = context.send(Request::post("/Bulk").json(&request)).await?;
    let path = "Operations[0].response.scimType";
    match answer.at(path).and_then(Value::as_str) {
        Some(found) => {
            context.expect(&answer).under(&["RFC7644-3.12-26"]).that(
                found == "invalidValue",
                "a user without userName fails in bulk with a word of another meaning",
                found,
            );
        }
        None => {
            context.expect(&answer).under(&["RFC7644-3.12-30"]).note("the operation failed without a scimType", "none");
        }
    }
    Ok(())
}
