//! The word that says what kind of fault a request has (RFC 7644 section 3.12, table 9).

use reqwest::Method;
use scim::capability::{Capability, ResourceOperation};
use serde_json::{Value, json};
use weir_exchange::Request;
use weir_exchange::difference::at;
use weir_exchange::request::SCIM_JSON;
use weir_judge::Because;

use super::word;
use crate::check::On::Only;
use crate::check::cohort::is_refused_as_unsupported;
use crate::check::{Check, CheckResult, Context, Stop, patch_of};
use crate::checks::patch::change::needs_value_paths;
use crate::node::{self, SchemaNode};

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::new("errors.uniqueness", "A value that must be unique and is taken is a conflict of uniqueness", &uniqueness)
        .matters("Provisioners link to the resource that is there when they read uniqueness, and give up on anything else.")
        .requirements(&["RFC7644-3.12-13", "RFC7644-3.12-21", "RFC7643-7-41"])
        .legal(&["409 with scimType uniqueness", "400 with scimType uniqueness, for a replacement"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("errors.mutability", "A change of what cannot be changed is refused with the word mutability", &mutability)
        .matters("A client that is told mutability stops sending the attribute; told anything else it sends it again each cycle.")
        .requirements(&["RFC7644-3.12-22", "RFC7644-3.12-04"])
        .legal(&["400 with scimType mutability", "400 without scimType"])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Patch]),
    Check::new("errors.filter-words", "A filter that cannot be evaluated is refused with the word invalidFilter", &filter)
        .matters("Clients fall back to reading the whole list when they read invalidFilter; a bare 400 looks like a fault of theirs.")
        .requirements(&["RFC7644-3.12-18", "RFC7644-3.12-04"])
        .legal(&["400 with scimType invalidFilter", "400 without scimType"])
        .on_every_type(&[ResourceOperation::Filter]),
    Check::new("errors.path-words", "A PATCH path that is malformed, or selects nothing, is refused with a word for paths", &path)
        .matters("noTarget tells a client that the value is gone already, and invalidPath that it will never work.")
        .requirements(&["RFC7644-3.12-24", "RFC7644-3.12-25"])
        .legal(&[
            "400 with invalidPath (or invalidFilter, noTarget) for a malformed path",
            "400 with noTarget for no match",
        ])
        .on_every_type(&[ResourceOperation::Create, ResourceOperation::Patch]),
    Check::new("errors.required-missing", "A resource without a required attribute is refused with the word invalidValue", &required)
        .matters("A resource without what it must have, such as its name, is found by no client again.")
        .requirements(&["RFC7644-3.12-09", "RFC7644-3.12-26", "RFC7644-3.12-04"])
        .legal(&["400 with scimType invalidValue", "400 without scimType"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("errors.no-resource", "A body that is not a JSON object is refused", &no_resource)
        .matters("A client whose serialiser fails must learn of it at once, not find empty accounts later.")
        .requirements(&["RFC7644-3.12-09", "RFC7644-3.12-23", "RFC7644-3.12-04"])
        .legal(&["400 with scimType invalidSyntax", "400 without scimType"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("errors.word-fits-status", "A scimType stands with the HTTP status that it is defined for", &fits)
        .matters("Libraries map the pair of status and word to an exception; an odd pair falls through to the general one.")
        .requirements(&["RFC7644-3.12-31"])
        .legal(&["400; uniqueness also with 409, sensitive with 403"])
        .on_every_type(&[ResourceOperation::Create]),
    Check::new("errors.too-many", "A filter that matches every resource is answered, or refused with the word tooMany", &too_many)
        .matters("A client that is told tooMany narrows its filter; one that is told invalidFilter gives up filtering.")
        .requirements(&["RFC7644-3.4.2.1-04", "RFC7644-3.12-19", "RFC7644-3.12-20"])
        .legal(&["200", "400 with scimType tooMany"])
        .on_every_type(&[ResourceOperation::Filter]),
    Check::new("errors.sensitive", "A query that is refused as sensitive says so, under the status that it is sent with", &sensitive)
        .matters("A client that reads the body's status instead of HTTP's acts on the wrong one.")
        .requirements(&["RFC7644-7.5.2-03", "RFC7644-7.5.2-04", "RFC7644-3.12-28"])
        .needs(&[Capability::FilterUsers])
        .legal(&[
            "403 with body.status \"403\", and scimType sensitive or none",
            "400 invalidFilter",
            "200 that discloses nothing",
        ])
        .on(Only("User", "RFC 7643 section 4.1.1 defines password for User alone")),
    Check::new("errors.bulk-words", "An operation of a bulk request fails with the words of single requests", &bulk)
        .matters("A client that batches its creates has to tell a duplicate from a bad value inside the batch as well.")
        .requirements(&["RFC7644-3.12-30", "RFC7644-3.12-26"])
        .needs(&[Capability::Bulk])
        .legal(&["200, the operation's response a SCIM Error with scimType invalidValue or none"])
        .on_every_type(&[ResourceOperation::Create]),
];

/// A body of a new resource with a value of the attribute.
fn body_with(context: &Context, own: &SchemaNode<'_>) -> Value {
    let mut body = context.body();
    if own.values(&body).is_empty() {
        own.put(&mut body, json!(context.data().name()));
    }
    body
}

/// A body of another resource with the value that `body` has of the attribute.
fn taken_from(context: &Context, own: &SchemaNode<'_>, body: &Value) -> Value {
    let mut taken = context.body();
    own.put(&mut taken, own.values(body).first().copied().cloned().unwrap_or_default());
    taken
}

async fn uniqueness(context: &Context) -> CheckResult {
    let unique = context.unique()?;
    let first = body_with(context, &unique);
    context.create(context.collection(), &first).await?;
    let again = taken_from(context, &unique, &first);
    let answer = context.post(&again).await?;
    context.expect(&answer).under(&["RFC7644-3.12-13"]).status(&[409]);
    if answer.status == 409 {
        context.expect(&answer).under(&["RFC7644-3.12-21"]).scim_type(&["uniqueness"]);
    }
    // A value that cannot change is refused with another word.
    if !context.may(ResourceOperation::Replace) || unique.word("mutability") == "immutable" {
        return Ok(());
    }
    let second = context.create(context.collection(), &body_with(context, &unique)).await?;
    let mut replacement = context.sent(&second);
    unique.put(&mut replacement, unique.values(&first).first().copied().cloned().unwrap_or_default());
    let answer = context.send(second.request(Method::PUT).json(&replacement)).await?;
    context.expect(&answer).under(&["RFC7643-7-41", "RFC7644-3.12-13"]).status(&[409, 400]);
    if matches!(answer.status, 400 | 409) {
        context.expect(&answer).under(&["RFC7644-3.12-21"]).scim_type(&["uniqueness"]);
    }
    Ok(())
}

async fn mutability(context: &Context) -> CheckResult {
    let resource = context.resource().await?;
    let patch = patch_of(&json!([{"op": "replace", "path": "id", "value": context.data().uuid()}]));
    let answer = context.send(resource.request(Method::PATCH).json(&patch)).await?;
    context.expect(&answer).under(&["RFC7644-3.12-22"]).refused(&[400], &["mutability"]);
    Ok(())
}

async fn filter(context: &Context) -> CheckResult {
    let mut filters: Vec<String> = ["id zz \"x\"", "id eq", "(id eq \"x\""].map(str::to_owned).into();
    // Ordering has no meaning for booleans (RFC 7644 section 3.4.2.2).
    let is_switch = |own: &&SchemaNode<'_>| own.word("type") == "boolean" && !own.flag("multiValued") && own.is_shown();
    let kind = context.needs_kind()?;
    if let Some(switch) = node::assumed_attributes(context.discovery(), kind).iter().find(is_switch) {
        filters.push(format!("{} gt true", switch.path()));
    }
    for filter in filters {
        let answer = context.send(Request::get(context.collection()).query("filter", &filter)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-18"]).refused(&[400], &["invalidFilter"]);
    }
    Ok(())
}

async fn path(context: &Context) -> CheckResult {
    let values = context.values()?;
    if !values.parts().any(|part| part.name() == "type" && part.word("type") == "string") {
        return context.skip(format!("{} has no type by which a value is selected", values.path()));
    }
    let resource = context.resource().await?;
    // A value that the attribute takes, so that only the path is wrong.
    let sent = context.sent(&resource);
    let list = values.values(&sent).first().and_then(|list| list.as_array()).and_then(|list| list.first());
    let value = list.and_then(|item| at(item, "value")).cloned().unwrap_or_else(|| json!(context.data().name()));
    let patch = |path: &str| patch_of(&json!([{"op": "replace", "path": path, "value": value}]));
    let malformed = context.send(resource.request(Method::PATCH).json(&patch("]["))).await?;
    context
        .expect(&malformed)
        .under(&["RFC7644-3.12-24"])
        .refused(&[400], &["invalidPath", "invalidFilter", "noTarget"]);
    let nothing = format!("{}[type eq \"no such type\"].value", values.path());
    let answer = context.send(resource.request(Method::PATCH).json(&patch(&nothing))).await?;
    if context.collection() == "/Users" && values.path() == "emails" && !answer.is_refused_as("noTarget") {
        needs_value_paths(context, &answer).await?;
    }
    context.expect(&answer).under(&["RFC7644-3.12-25"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.12-25"]).scim_type(&["noTarget"]);
    }
    Ok(())
}

/// The text that a resource of the subject must have, the one that names it if there are several.
fn required_text(context: &Context) -> Result<SchemaNode<'_>, Stop> {
    let kind = context.needs_kind()?;
    let fits = |own: &SchemaNode<'_>| {
        own.flag("required")
            && !own.extension
            && own.word("type") == "string"
            && !own.flag("multiValued")
            && own.is_settable()
    };
    let naming = context.naming().ok().filter(fits);
    let first = || node::assumed_attributes(context.discovery(), kind).into_iter().find(fits);
    naming.or_else(first).ok_or_else(|| {
        Stop::Skip(Because::Published, format!("no text of the core schema of {} is published as required", kind.name))
    })
}

async fn required(context: &Context) -> CheckResult {
    let required = required_text(context)?;
    let mut body = context.body();
    body.as_object_mut().map(|members| members.remove(required.name()));
    let answer = context.post(&body).await?;
    context.expect(&answer).under(&["RFC7644-3.12-09"]).status(&[400]);
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.12-26"]).refused(&[400], &["invalidValue"]);
    }
    Ok(())
}

async fn no_resource(context: &Context) -> CheckResult {
    for body in ["", "this is no JSON", "[]", "\"text\"", "42", "null", "{\"a\":1} {\"b\":2}", "<user/>"] {
        let answer = context.send(Request::post(context.collection()).body(body, SCIM_JSON)).await?;
        context.expect(&answer).under(&["RFC7644-3.12-09"]).status(&[400]);
        if answer.status == 400 {
            context.expect(&answer).under(&["RFC7644-3.12-23"]).refused(&[400], &["invalidSyntax", "invalidValue"]);
        }
    }
    Ok(())
}

async fn fits(context: &Context) -> CheckResult {
    let mut requests = vec![
        Request::post(context.collection()).json(&json!({"schemas": [context.schema()]})),
        Request::post(context.collection()).body("{", SCIM_JSON),
        Request::get(context.collection()).query("filter", "id zz \"x\""),
    ];
    if let Ok(unique) = context.unique() {
        let first = body_with(context, &unique);
        context.create(context.collection(), &first).await?;
        requests.push(Request::post(context.collection()).json(&taken_from(context, &unique, &first)));
    }
    if context.may(ResourceOperation::Patch) {
        let resource = context.resource().await?;
        requests.push(resource.request(Method::PATCH).json(&patch_of(&json!([{"op": "remove"}]))));
    }
    for request in requests {
        let answer = context.send(request).await?;
        let Some(found) = word(&answer, "scimType") else { continue };
        let fitting = match found {
            "uniqueness" => matches!(answer.status, 400 | 409),
            "sensitive" => matches!(answer.status, 400 | 403),
            _ => answer.status == 400,
        };
        context.expect(&answer).that(
            fitting,
            &format!("scimType {found} does not belong to the HTTP status"),
            answer.status.to_string(),
        );
    }
    Ok(())
}

async fn too_many(context: &Context) -> CheckResult {
    let name = context.naming()?.path();
    let every = Request::get(context.collection()).query("filter", &format!("{name} pr")).query("count", "2");
    let answer = context.send(every).await?;
    context.expect(&answer).under(&["RFC7644-3.12-20", "RFC7644-3.4.2.1-04"]).status(&[200, 400]);
    if is_refused_as_unsupported(&answer) {
        return context.unable(format!("`{name} pr` is refused as unsupported; `filter.pr` judges that"));
    }
    if answer.status == 400 {
        context.expect(&answer).under(&["RFC7644-3.4.2.1-04", "RFC7644-3.12-19"]).scim_type(&["tooMany"]);
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
    let required = required_text(context)?;
    let mut body = context.body();
    body.as_object_mut().map(|members| members.remove(required.name()));
    let request = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "POST", "path": context.collection(), "bulkId": "a", "data": body}],
    });
    let answer = context.send(Request::post("/Bulk").json(&request)).await?;
    let path = "Operations[0].response.scimType";
    match answer.at(path).and_then(Value::as_str) {
        Some(found) => {
            context.expect(&answer).under(&["RFC7644-3.12-26"]).that(
                found == "invalidValue",
                "a resource without a required attribute fails in bulk with a word of another meaning",
                found,
            );
        }
        None => {
            context.expect(&answer).under(&["RFC7644-3.12-30"]).note("the operation failed without a scimType", "none");
        }
    }
    Ok(())
}
