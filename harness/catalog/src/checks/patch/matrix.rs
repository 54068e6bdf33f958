//! Every attribute that the endpoint publishes, against each operation: an endpoint that is right about the usual ten
//! attributes is often wrong about the eleventh.

use scim::capability::Capability;
use serde_json::{Map, Value, json};
use weir_exchange::difference::{at, differences, same};

use super::change::{is_done, send};
use crate::check::{Check, CheckResult, Context, Resource, Stop};
use crate::data::takes_no_value;
use crate::definition::{flag, list, text};
use crate::node::external_id;

const USERS: &[Capability] = &[Capability::CreateUsers, Capability::PatchUsers];
const LEGAL: &[&str] = &[
    "200 or 204 for an attribute that is published as readWrite, and a later GET shows the effect",
    "400 with scimType mutability for one that is published as readOnly, and for the removal of a required one",
];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::boxed("patch.matrix-add", "add does what the schema says of every attribute of users", |context| Box::pin(matrix(context, "add")))
        .matters("Provisioners map what /Schemas offers; an attribute that cannot be set as published fails in production first.")
        .requirements(&["RFC7644-3.5.2-18", "RFC7644-3.5.2-19", "RFC7644-3.5.2-22", "RFC7644-3.5.2.1-10", "RFC7644-3.5.2.1-12"])
        .needs(USERS)
        .legal(LEGAL),
    Check::boxed("patch.matrix-replace", "replace does what the schema says of every attribute of users", |context| Box::pin(matrix(context, "replace")))
        .matters("Provisioners map what /Schemas offers; an attribute that cannot be changed as published fails in production first.")
        .requirements(&["RFC7644-3.5.2-18", "RFC7644-3.5.2-19", "RFC7644-3.5.2-22", "RFC7644-3.5.2.3-02"])
        .needs(USERS)
        .legal(LEGAL),
    Check::boxed("patch.matrix-remove", "remove does what the schema says of every attribute of users", |context| Box::pin(matrix(context, "remove")))
        .matters("What cannot be removed stays with an account that has another owner by now.")
        .requirements(&[
            "RFC7644-3.5.2-18",
            "RFC7644-3.5.2-22",
            "RFC7644-3.5.2.1-12",
            "RFC7644-3.5.2.2-02",
            "RFC7644-3.5.2.2-03",
            "RFC7644-3.5.2.2-09",
            "RFC7644-3.5.2.2-10",
        ])
        .needs(USERS)
        .legal(LEGAL),
];

/// One attribute of the matrix: its path, its name in the body, and its definition.
struct Cell<'c> {
    path: String,
    attribute: &'c Value,
}

fn cells(context: &Context) -> Vec<Cell<'_>> {
    let Some(kind) = context.discovery().resource_type("/Users") else { return Vec::new() };
    let mut all = Vec::new();
    for (uri, is_core) in std::iter::once((&kind.schema, true)).chain(kind.extensions.iter().map(|uri| (uri, false))) {
        let Some(schema) = context.discovery().schema(uri) else { continue };
        for attribute in list(schema, "attributes") {
            let name = text(attribute, "name");
            // An endpoint need not publish the common attributes.
            if !matches!(name, "id" | "externalId" | "meta" | "schemas" | "") {
                let path = if is_core { name.to_owned() } else { format!("{uri}:{name}") };
                all.push(Cell { path, attribute });
            }
        }
    }
    // It is readWrite (RFC 7643 section 3.1); an endpoint need not keep it.
    if !context.abilities().loses(&kind.endpoint, "externalId") {
        all.push(Cell { path: "externalId".into(), attribute: external_id(kind).attribute });
    }
    all
}

async fn matrix(context: &Context, op: &'static str) -> CheckResult {
    let cells = cells(context);
    if cells.is_empty() {
        return context.skip("the endpoint publishes no schema of its users");
    }
    let (user, other) = (context.user().await?, context.user().await?);
    for cell in cells {
        match text(cell.attribute, "mutability") {
            "readOnly" => refused(context, &user, &cell, op).await?,
            "readWrite" | "" => done(context, &user, &other, &cell, op).await?,
            // What is immutable depends on its state, and what is writeOnly cannot be seen.
            _ => {}
        }
    }
    Ok(())
}

/// An operation on a readOnly attribute.
async fn refused(context: &Context, user: &Resource, cell: &Cell<'_>, op: &'static str) -> Result<(), Stop> {
    let mut operation = json!({"op": op, "path": cell.path});
    if op != "remove" {
        let mut sample = sample(context, cell.attribute, &user.id, 1);
        // Where every part is readOnly as well, an object without a value would ask for nothing.
        if sample.as_object().is_some_and(Map::is_empty) {
            sample = json!({"value": user.id});
        }
        operation["value"] = if flag(cell.attribute, "multiValued") { json!([sample]) } else { sample };
    }
    let answer = send(context, user, &json!([operation])).await?;
    let under: &[&str] =
        if op == "remove" { &["RFC7644-3.5.2.2-10"] } else { &["RFC7644-3.5.2-19", "RFC7644-3.5.2-22"] };
    let refused = answer.status == 400;
    let expectation = context.expect(&answer).after(&user.exchange).under(under).that(
        refused,
        &format!("{op} of {}, which is published as readOnly, is answered {}", cell.path, answer.status),
        answer.status.to_string(),
    );
    if refused {
        expectation.scim_type(&["mutability"]);
    }
    Ok(())
}

/// An operation on a readWrite attribute.
async fn done(
    context: &Context,
    user: &Resource,
    other: &Resource,
    cell: &Cell<'_>,
    op: &'static str,
) -> Result<(), Stop> {
    let Cell { path, attribute } = cell;
    // What is not kept cannot be seen to change, and round-trip.every-attribute judges it.
    if context.loses(path) {
        return Ok(());
    }
    let many = flag(attribute, "multiValued");
    let one = |variant: usize| {
        let sample = sample(context, attribute, &other.id, variant);
        if many { json!([sample]) } else { sample }
    };
    if one(1).as_object().is_some_and(Map::is_empty) {
        return Ok(());
    }
    let (first, second) = (one(0), one(1));
    let kept = |value: &Value| context.kept(&json!({(path): value})).get(path).cloned().unwrap_or_default();
    let required = flag(attribute, "required");
    if op == "remove"
        && !required
        && path.rsplit_once(':').is_some_and(|(uri, _)| context.discovery().requires_extension("/Users", uri))
    {
        // It may be the only value of an extension that has to have one (RFC 7643 section 6).
        return Ok(());
    }
    let operations = match op {
        "add" => json!([{"op": "add", "path": path, "value": first}]),
        "replace" => {
            json!([{"op": "add", "path": path, "value": first}, {"op": "replace", "path": path, "value": second}])
        }
        _ if required => json!([{"op": "remove", "path": path}]),
        _ => json!([{"op": "add", "path": path, "value": first}, {"op": "remove", "path": path}]),
    };
    let answer = send(context, user, &operations).await?;
    if op == "remove" && required {
        let refused = answer.status == 400;
        let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2.2-09"]).that(
            refused,
            &format!("remove of {path}, which is published as required, is answered {}", answer.status),
            answer.status.to_string(),
        );
        if refused {
            expectation.scim_type(&["mutability"]);
        }
        return Ok(());
    }
    // Some values have a syntax that the schema cannot say (certificates, phone numbers), and an endpoint may check it.
    if answer.status == 400 && is_particular(attribute) {
        return Ok(());
    }
    if matches!(answer.status, 400..500) && changes_nothing(context, user, path, op, &first).await? {
        context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2.1-12"]).that(
            false,
            &format!("a PATCH that changes nothing is refused: {path} has the same value before and after"),
            format!("{} {}", answer.status, String::from_utf8_lossy(&answer.response_body)),
        );
        return Ok(());
    }
    let expectation = context.expect(&answer).after(&user.exchange).under(&["RFC7644-3.5.2-18"]).that(
        is_done(&answer),
        &format!("{op} of {path}, which is published as readWrite, is answered {}", answer.status),
        format!("{} {}", answer.status, String::from_utf8_lossy(&answer.response_body)),
    );
    if !is_done(&answer) || matches!(text(attribute, "returned"), "never" | "request") {
        return Ok(());
    }
    drop(expectation);
    let read = context.read(user).await?;
    let found = read.json().ok().and_then(|body| at(body, path)).cloned();
    let expectation = context.expect(&read).after(&answer);
    let observed = found.as_ref().map_or_else(|| "nothing".into(), ToString::to_string);
    let holds = |expected: &Value| match (&found, expected) {
        (Some(Value::Array(found)), Value::Array(expected)) => {
            expected.iter().all(|expected| found.iter().any(|found| is_value(expected, found)))
        }
        (Some(found), expected) => is_value(expected, found),
        (None, _) => false,
    };
    let message = format!("{op} of {path} was answered {} and a GET does not show it", answer.status);
    match op {
        "add" => expectation.under(&["RFC7644-3.5.2.1-10"]).that(holds(&kept(&first)), &message, observed),
        "replace" => expectation.under(&["RFC7644-3.5.2.3-02"]).that(holds(&kept(&second)), &message, observed),
        _ => expectation.under(if many { &["RFC7644-3.5.2.2-03"] } else { &["RFC7644-3.5.2.2-02"] }).that(
            found.as_ref().is_none_or(|found| {
                found.is_null()
                    || found.as_array().is_some_and(Vec::is_empty)
                    || found.as_object().is_some_and(Map::is_empty)
            }),
            &message,
            observed,
        ),
    };
    Ok(())
}

/// Whether the operations of `op` would leave the user as it is.
async fn changes_nothing(
    context: &Context,
    user: &Resource,
    path: &str,
    op: &str,
    value: &Value,
) -> Result<bool, Stop> {
    let read = context.read(user).await?;
    let found = read.json().ok().and_then(|body| at(body, path)).filter(|found| !found.is_null());
    Ok(match (op, found) {
        ("add", Some(found)) => differences(value, found).is_empty(),
        ("remove", None) => true,
        ("remove", Some(found)) => found.as_array().is_some_and(Vec::is_empty),
        _ => false,
    })
}

/// Whether a GET shows the value: an endpoint may give the case of some values, and dates, a form of its own.
fn is_value(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(_)) => {
            expected.iter().all(|(name, value)| at(found, name).is_some_and(|found| is_value(value, found)))
        }
        (Value::String(sent), Value::String(shown)) => sent.eq_ignore_ascii_case(shown) || same(expected, found),
        _ => differences(expected, found).is_empty(),
    }
}

/// Whether a value of the attribute, or of one of its sub-attributes, has a syntax of its own.
fn is_particular(attribute: &Value) -> bool {
    let own = |attribute: &Value| {
        matches!(text(attribute, "type"), "binary" | "reference" | "dateTime")
            || matches!(
                text(attribute, "name"),
                "locale" | "timezone" | "preferredLanguage" | "phoneNumbers" | "country" | "password" | "ims"
            )
    };
    own(attribute) || list(attribute, "subAttributes").iter().any(own)
}

/// A value of the attribute; two variants differ. `id` is that of a user who exists, for references by id.
fn sample(context: &Context, attribute: &Value, id: &str, variant: usize) -> Value {
    let either = |first: &str, second: &str| json!(if variant == 0 { first } else { second });
    let canonical = list(attribute, "canonicalValues");
    if !canonical.is_empty() {
        return canonical[variant % canonical.len()].clone();
    }
    match (text(attribute, "type"), text(attribute, "name")) {
        ("complex", name) => {
            let mut parts = Map::new();
            for part in list(attribute, "subAttributes") {
                let member = text(part, "name");
                // An immutable part could be set only once, and these three are bound to the rest of the value.
                let is_bound = matches!(member, "$ref" | "primary" | "display") && !flag(part, "required");
                let left_out =
                    matches!(text(part, "mutability"), "readOnly" | "immutable") || is_bound || takes_no_value(part);
                if left_out {
                    continue;
                }
                let value = match (name, member) {
                    ("manager", "value") => json!(id),
                    ("emails", "value") => json!(context.data().new_address()),
                    ("phoneNumbers", "value") => either("tel:+1-201-555-0123", "tel:+1-201-555-0124"),
                    ("addresses", "country") => either("US", "DE"),
                    _ => sample(context, part, id, variant),
                };
                parts.insert(member.to_owned(), if flag(part, "multiValued") { json!([value]) } else { value });
            }
            Value::Object(parts)
        }
        ("boolean", _) => json!(variant == 0),
        ("integer", _) => json!(variant + 1),
        ("decimal", _) => json!(if variant == 0 { 1.5 } else { 2.5 }),
        ("dateTime", _) => either("2020-02-29T12:00:00Z", "2021-03-01T12:00:00Z"),
        ("binary", _) => either("V2Vpcg==", "UmVndWxhdG9y"),
        ("reference", _) => either("https://example.com/weir", "https://example.com/dam"),
        (_, "locale") => either("en-US", "de-DE"),
        (_, "preferredLanguage") => either("en", "de"),
        (_, "timezone") => either("America/Los_Angeles", "Europe/Berlin"),
        (_, "userName") => json!(context.data().new_user_name()),
        _ => json!(context.data().name()),
    }
}
