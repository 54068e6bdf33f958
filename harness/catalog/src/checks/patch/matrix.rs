//! Every attribute that the endpoint publishes, against each operation: an endpoint that is right about the usual ten
//! attributes is often wrong about the eleventh.

use std::sync::Arc;

use scim::capability::Capability;
use serde_json::{Map, Value, json};
use weir_exchange::Exchange;
use weir_exchange::difference::{at, differences, same};

use super::change::{WatchedPatch, is_done, resource_with, send_watched};
use crate::check::{Check, CheckResult, Context, PATCHED, Resource, Stop};
use crate::data::takes_no_value;
use crate::definition::{canonical_values, flag, list, text};
use crate::node::{self, SchemaNode, external_id};

const LEGAL: &[&str] = &[
    "200 or 204 for an attribute that is published as readWrite, and a later GET shows the effect",
    "400 with scimType mutability for one that is published as readOnly, and for the removal of a required one",
];

pub(in crate::checks) const CHECKS: &[Check] = &[
    Check::boxed("patch.matrix-add", "add does what the schema says of every attribute", |context| Box::pin(matrix(context, "add")))
        .matters("Provisioners map what /Schemas offers; an attribute that cannot be set as published fails in production first.")
        .requirements(&["RFC7644-3.5.2-18", "RFC7644-3.5.2-19", "RFC7644-3.5.2-22", "RFC7644-3.5.2.1-03", "RFC7644-3.5.2.1-10", "RFC7644-3.5.2.1-12"])
        .legal(LEGAL)
        .on_every_type(PATCHED),
    Check::boxed("patch.matrix-replace", "replace does what the schema says of every attribute", |context| Box::pin(matrix(context, "replace")))
        .matters("Provisioners map what /Schemas offers; an attribute that cannot be changed as published fails in production first.")
        .requirements(&[
            "RFC7644-3.5.2-18",
            "RFC7644-3.5.2-19",
            "RFC7644-3.5.2-22",
            "RFC7644-3.5.2.1-12",
            "RFC7644-3.5.2.3-01",
            "RFC7644-3.5.2.3-02",
        ])
        .legal(LEGAL)
        .on_every_type(PATCHED),
    Check::boxed("patch.matrix-remove", "remove does what the schema says of every attribute", |context| Box::pin(matrix(context, "remove")))
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
        .legal(LEGAL)
        .on_every_type(PATCHED),
];

/// The attributes of the subject, `externalId` among them.
fn cells(context: &Context) -> Vec<SchemaNode<'_>> {
    let Some(kind) = context.kind() else { return Vec::new() };
    let mut all = node::attributes(context.discovery(), kind);
    // It is readWrite (RFC 7643 section 3.1); an endpoint need not keep it.
    if !all.is_empty() && !context.abilities().loses(&kind.endpoint, "externalId") {
        all.push(external_id(kind));
    }
    all
}

async fn matrix(context: &Context, op: &'static str) -> CheckResult {
    let cells = cells(context);
    if cells.is_empty() {
        return context.skip("the endpoint publishes no schema of the resource type");
    }
    let users = if cells.iter().any(refers_to_users) && context.discovery().offers(Capability::CreateUsers) {
        context.users(2).await?
    } else {
        Vec::new()
    };
    let resource = resource_with(context, &json!({})).await?;
    let mut trial = Trial { context, op, resource: &resource, users: &users, was_read: false };
    for cell in &cells {
        match cell.word("mutability") {
            "readOnly" => trial.refused(cell).await?,
            "readWrite" => trial.done(cell).await?,
            // What is immutable depends on its state, and what is writeOnly cannot be seen.
            _ => {}
        }
    }
    Ok(())
}

/// Whether values of the attribute name users that exist.
fn refers_to_users(own: &SchemaNode<'_>) -> bool {
    own.refers_to_users() || (own.name() == "manager" && own.parts().any(|part| part.name() == "value"))
}

/// One operation, attribute by attribute.
struct Trial<'t> {
    context: &'t Context,
    op: &'static str,
    resource: &'t Resource,
    /// Two users to refer to, or none.
    users: &'t [Resource],
    /// Whether a GET has shown the state since the latest write.
    was_read: bool,
}

impl Trial<'_> {
    async fn send(&mut self, operations: &Value) -> Result<WatchedPatch, Stop> {
        let watched = send_watched(self.context, self.resource, operations, self.was_read).await?;
        self.was_read = watched.after.is_some();
        Ok(watched)
    }

    /// A value of the attribute; two variants differ. `None` where none can be made up.
    fn sample(&self, cell: &SchemaNode<'_>, variant: usize) -> Option<Value> {
        let id = self.users.get(variant % 2).map(|user| user.id.as_str());
        let is_reference = cell.refers();
        let value = match id {
            Some(id) if refers_to_users(cell) => json!({"value": id}),
            _ if is_reference => return None,
            _ => sample(self.context, cell.attribute, variant),
        };
        if value.as_object().is_some_and(Map::is_empty) {
            return None;
        }
        Some(if cell.flag("multiValued") { json!([value]) } else { value })
    }

    /// An operation on a readOnly attribute.
    async fn refused(&mut self, cell: &SchemaNode<'_>) -> CheckResult {
        let (op, path) = (self.op, cell.path());
        let mut operation = json!({"op": op, "path": path});
        if op != "remove" {
            let mut sample = sample(self.context, cell.attribute, 1);
            // Where every part is readOnly as well, an object without a value would ask for nothing.
            if sample.as_object().is_some_and(Map::is_empty) {
                sample = json!({"value": self.resource.id});
            }
            operation["value"] = if cell.flag("multiValued") { json!([sample]) } else { sample };
        }
        let answer = self.send(&json!([operation])).await?.answer;
        let under: &[&str] =
            if op == "remove" { &["RFC7644-3.5.2.2-10"] } else { &["RFC7644-3.5.2-19", "RFC7644-3.5.2-22"] };
        let message = format!("{op} of {path}, which is published as readOnly, is answered {}", answer.status);
        self.expect_mutability(&answer, under, &message);
        Ok(())
    }

    /// The answer is 400, with scimType mutability if with any.
    fn expect_mutability(&self, answer: &Arc<Exchange>, under: &'static [&'static str], message: &str) {
        let is_refused = answer.status == 400;
        let expectation = self.context.expect(answer).after(&self.resource.exchange).under(under).that(
            is_refused,
            message,
            answer.status.to_string(),
        );
        if is_refused {
            expectation.scim_type(&["mutability"]);
        }
    }

    /// An operation on a readWrite attribute, with its path and without.
    async fn done(&mut self, cell: &SchemaNode<'_>) -> CheckResult {
        let (op, path) = (self.op, cell.path());
        // A value that is not kept cannot be seen to change, and round-trip.every-attribute judges it.
        if self.context.loses(&path) {
            return Ok(());
        }
        let (Some(first), Some(second)) = (self.sample(cell, 0), self.sample(cell, 1)) else { return Ok(()) };
        let required = cell.flag("required");
        let add = json!({"op": "add", "path": path, "value": first});
        match op {
            "remove" if required => {
                let answer = self.send(&json!([{"op": "remove", "path": path}])).await?.answer;
                let message =
                    format!("remove of {path}, which is published as required, is answered {}", answer.status);
                self.expect_mutability(&answer, &["RFC7644-3.5.2.2-09"], &message);
            }
            "remove" => {
                // It may be the only value of an extension that has to have one (RFC 7643 section 6).
                let is_last = cell.extension
                    && self.context.discovery().requires_extension(self.context.collection(), cell.schema);
                if !is_last {
                    let operations = json!([add, {"op": "remove", "path": path}]);
                    self.judge(cell, &operations, &first, "").await?;
                }
            }
            "add" => {
                if self.judge(cell, &json!([add]), &first, "").await? {
                    let operations = json!([{"op": "add", "value": without_path(cell, &second)}]);
                    self.judge(cell, &operations, &second, " without path").await?;
                }
            }
            _ => {
                let replace = json!({"op": "replace", "path": path, "value": second});
                if self.judge(cell, &json!([add, replace]), &second, "").await?
                    && let Some(third) = self.sample(cell, 0)
                {
                    let operations = json!([{"op": "replace", "value": without_path(cell, &third)}]);
                    self.judge(cell, &operations, &third, " without path").await?;
                }
            }
        }
        Ok(())
    }

    /// Whether the operations are carried out, and leave `value` as the attribute's, or nothing after a remove.
    async fn judge(
        &mut self,
        cell: &SchemaNode<'_>,
        operations: &Value,
        value: &Value,
        form: &'static str,
    ) -> Result<bool, Stop> {
        let (context, op, path) = (self.context, self.op, cell.path());
        let WatchedPatch { answer, after } = self.send(operations).await?;
        let observed = || format!("{} {}", answer.status, String::from_utf8_lossy(&answer.response_body));
        // Some values have a syntax that the schema cannot say (certificates, phone numbers), and an endpoint may check it.
        if answer.status == 400 && is_particular(cell.attribute) {
            return Ok(false);
        }
        let expectation = context.expect(&answer).after(&self.resource.exchange);
        if matches!(answer.status, 400..500) && changes_nothing(context, self.resource, &path, op, value).await? {
            let message =
                format!("a PATCH that changes nothing is refused: {path} has the same value before and after");
            expectation.under(&["RFC7644-3.5.2.1-12"]).that(false, &message, observed());
            return Ok(false);
        }
        let under: &[&str] = match (op, form) {
            (_, "") => &["RFC7644-3.5.2-18"],
            ("add", _) => &["RFC7644-3.5.2-18", "RFC7644-3.5.2.1-03"],
            _ => &["RFC7644-3.5.2-18", "RFC7644-3.5.2.3-01"],
        };
        let message = format!("{op} of {path}{form}, which is published as readWrite, is answered {}", answer.status);
        expectation.under(under).that(is_done(&answer), &message, observed());
        let Some(after) = after.filter(|_| !matches!(cell.word("returned"), "never" | "request")) else {
            return Ok(false);
        };
        let found = after.json().ok().and_then(|body| at(body, &path)).cloned();
        let kept = context.kept(&json!({(&path): value})).get(&path).cloned().unwrap_or_default();
        let is_shown = || holds(&kept, found.as_ref());
        let (is_right, under): (bool, &[&str]) = match (op, form) {
            ("add", "") => (is_shown(), &["RFC7644-3.5.2.1-10"]),
            ("add", _) => (is_shown(), &["RFC7644-3.5.2.1-03", "RFC7644-3.5.2.1-10"]),
            ("replace", "") => (is_shown(), &["RFC7644-3.5.2.3-02"]),
            ("replace", _) => (is_shown(), &["RFC7644-3.5.2.3-01", "RFC7644-3.5.2.3-02"]),
            // Whether an account without a value is active is the provider's decision (RFC 7643 section 4.1.1).
            _ if path == "active" && found.as_ref().is_some_and(Value::is_boolean) => (true, &["RFC7644-3.5.2.2-02"]),
            _ if cell.flag("multiValued") => (has_nothing(found.as_ref()), &["RFC7644-3.5.2.2-03"]),
            _ => (has_nothing(found.as_ref()), &["RFC7644-3.5.2.2-02"]),
        };
        let message = format!("{op} of {path}{form} was answered {} and a GET does not show it", answer.status);
        let observed = found.as_ref().map_or_else(|| "nothing".into(), ToString::to_string);
        context.expect(&after).after(&answer).under(under).that(is_right, &message, observed);
        Ok(is_right)
    }
}

/// The value of an operation without path that sets the attribute.
fn without_path(cell: &SchemaNode<'_>, value: &Value) -> Value {
    let own = json!({cell.name(): value});
    if cell.extension { json!({cell.schema: own}) } else { own }
}

/// Whether a GET shows the value, or each of the values, among others.
fn holds(expected: &Value, found: Option<&Value>) -> bool {
    match (found, expected) {
        (Some(Value::Array(found)), Value::Array(expected)) => {
            expected.iter().all(|expected| found.iter().any(|found| is_value(expected, found)))
        }
        (Some(found), expected) => is_value(expected, found),
        (None, _) => false,
    }
}

/// Whether nothing is left.
fn has_nothing(found: Option<&Value>) -> bool {
    found.is_none_or(|found| {
        found.is_null() || found.as_array().is_some_and(Vec::is_empty) || found.as_object().is_some_and(Map::is_empty)
    })
}

/// Whether the operations of `op` would leave the resource as it is.
async fn changes_nothing(
    context: &Context,
    resource: &Resource,
    path: &str,
    op: &str,
    value: &Value,
) -> Result<bool, Stop> {
    let read = context.read(resource).await?;
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

/// A value of the attribute that refers to nothing; two variants differ.
fn sample(context: &Context, attribute: &Value, variant: usize) -> Value {
    let either = |first: &str, second: &str| json!(if variant == 0 { first } else { second });
    let canonical = canonical_values(attribute);
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
                let is_fixed = match text(part, "mutability") {
                    "readOnly" => true,
                    "immutable" => !flag(part, "required"),
                    _ => false,
                };
                let left_out = is_fixed || is_bound || takes_no_value(part);
                if left_out {
                    continue;
                }
                let value = match (name, member) {
                    ("emails", "value") => json!(context.data().new_address()),
                    ("phoneNumbers", "value") => either("tel:+1-201-555-0123", "tel:+1-201-555-0124"),
                    ("addresses", "country") => either("US", "DE"),
                    _ => sample(context, part, variant),
                };
                parts.insert(member.to_owned(), if flag(part, "multiValued") { json!([value]) } else { value });
            }
            Value::Object(parts)
        }
        ("boolean", _) => json!(variant == 0),
        ("integer", _) => json!(context.data().integer(attribute, variant + 1)),
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
