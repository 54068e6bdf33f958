//! What RFC 7643 defines and the endpoint does not publish. Whatever of it is shown all the same is found by the rule
//! `values.defined`; this check sends it, because clients with a fixed mapping do.

use reqwest::Method;
use scim::capability::Capability;
use serde_json::{Map, Value, json};

use crate::check::On::Only;
use crate::check::{Check, CheckResult, Context, Resource};
use crate::checks::patch::change::ENTERPRISE;
use crate::data::USER;
use crate::definition::{flag, list, text, word};
use crate::node::standard_schema;

/// RFC 7643 section 4.1 gives these a form, or a service looks into them.
const WITH_A_FORM: [&str; 8] =
    ["locale", "timezone", "preferredLanguage", "phoneNumbers", "photos", "ims", "x509Certificates", "country"];

pub(in super::super) const CHECKS: &[Check] = &[
    Check::new(
        "create.unpublished-attribute",
        "Attributes of RFC 7643 that the endpoint does not publish are left out, or refused",
        &unpublished,
    )
    .matters("A client with a fixed mapping sends all of RFC 7643; what is stored and not published is lost at the next change by another client.")
    // The rule `values.defined` judges the second one in what this check brings out.
    .requirements(&["RFC7644-3.3-16", "RFC7643-3-12"])
    .legal(&["201 without the attributes", "400 invalidSyntax or invalidValue"])
    .needs(&[Capability::CreateUsers])
    .on(Only("User", "of what RFC 7643 gives Group (section 4.2) nothing can be left out and sent: a name that is required, and references")),
];

async fn unpublished(context: &Context) -> CheckResult {
    let mut body = context.body();
    let added = add_unpublished(context, &mut body);
    if added == 0 {
        return context.skip("the endpoint publishes every attribute that RFC 7643 gives the resource type");
    }
    let answer = context.post(&body).await?;
    if answer.status == 400 {
        return Ok(());
    }
    context.expect(&answer).under(&["RFC7644-3.3-16"]).status(&[201, 400]);
    if let Some(resource) = Resource::created_by(&answer, context.collection()) {
        // The rule looks at what is shown.
        context.send(resource.request(Method::GET)).await?;
    }
    Ok(())
}

/// Puts what is not published into the body, and counts it.
fn add_unpublished(context: &Context, body: &mut Value) -> usize {
    let Some(published) = context.discovery().schema(context.schema()) else { return 0 };
    // Other schemas are an endpoint's own.
    let Some(standard) = standard_schema(USER).filter(|_| context.schema().eq_ignore_ascii_case(USER)) else {
        return 0;
    };
    let mut added = 0;
    for attribute in list(standard, "attributes") {
        let name = text(attribute, "name");
        let own = list(published, "attributes").iter().find(|own| text(own, "name").eq_ignore_ascii_case(name));
        let Some(value) = unpublished_value(context, attribute, own) else { continue };
        body[name] = value;
        added += 1;
    }
    let has_extension = context.kind().is_some_and(|kind| kind.has_schema(ENTERPRISE));
    if context.schema() == USER && !has_extension {
        body[ENTERPRISE] = json!({"department": context.data().name()});
        if let Some(schemas) = body["schemas"].as_array_mut() {
            schemas.push(json!(ENTERPRISE));
        }
        added += 1;
    }
    added
}

/// A value for what the endpoint leaves out of an attribute of RFC 7643: all of it, or some sub-attributes.
fn unpublished_value(context: &Context, standard: &Value, published: Option<&Value>) -> Option<Value> {
    // A value of a form that no schema tells would be refused for its form.
    let is_plain = |own: &Value| {
        word(own, "mutability") == "readWrite"
            && word(own, "returned") == "default"
            && matches!(word(own, "type"), "string" | "boolean" | "complex")
            && !WITH_A_FORM.contains(&text(own, "name"))
    };
    let refers = list(standard, "subAttributes").iter().any(|part| text(part, "name") == "$ref");
    if !is_plain(standard) || refers {
        return None;
    }
    let parts = list(standard, "subAttributes");
    let Some(published) = published else {
        let value = context.data().value(standard);
        return Some(if flag(standard, "multiValued") { json!([value]) } else { value });
    };
    let known = list(published, "subAttributes");
    let is_known = |part: &Value| known.iter().any(|own| text(own, "name").eq_ignore_ascii_case(text(part, "name")));
    // An element has these by default (RFC 7643 section 2.4).
    let is_default = |part: &Value| matches!(text(part, "name"), "type" | "primary" | "display" | "value" | "$ref");
    // Without published parts it says nothing of them.
    let is_silent = known.is_empty();
    let has_by_default = |part: &Value| flag(standard, "multiValued") && is_default(part);
    let left_out = |part: &&Value| is_plain(part) && !is_silent && !is_known(part) && !has_by_default(part);
    let mut value: Map<String, Value> =
        parts.iter().filter(left_out).map(|part| (text(part, "name").to_owned(), context.data().value(part))).collect();
    if value.is_empty() || !word(published, "mutability").starts_with("readWrite") {
        return None;
    }
    if let Some(known) = known.iter().find(|own| is_plain(own) && !flag(own, "multiValued")) {
        value.insert(text(known, "name").to_owned(), context.data().value(known));
    }
    Some(if flag(published, "multiValued") { json!([value]) } else { value.into() })
}
