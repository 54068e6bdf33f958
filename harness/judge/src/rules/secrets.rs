//! What no answer may show (RFC 7643 sections 4.1.1 and 7).

use serde_json::{Map, Value};

use crate::publication::{AttributeIndex, Publication, ResourceType};
use crate::rule::{ExchangeView, Rule, RuleReport, SequenceRule, has_value};

pub(super) const RULES: &[Rule] = &[
    Rule::new("secrets.not-shown", "No answer shows an attribute that is never returned", not_shown)
        .matters("Answers are logged by proxies and provisioners; a hash in a log is cracked at leisure.")
        .requirements(&["RFC7643-4.1.1-24", "RFC7643-4.1.1-25", "RFC7643-7-33", "RFC7643-7-36"])
        .legal(&[
            "no value of an attribute that is published as returned never or as writeOnly",
            "no password of a User, whatever is published",
        ]),
    Rule::sequence("secrets.not-repeated", "No answer holds a password that was sent", || Box::<Passwords>::default())
        .matters("A person who can read the answer, or the log that it ends in, can sign in with the password.")
        .requirements(&["RFC7643-4.1.1-24", "RFC7643-4.1.1-25"])
        .legal(&["an answer, refusals included, in which no password stands that this client sent"]),
];

/// The URI of the core User schema, whose password is secret by the text of the RFC.
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

fn not_shown(view: &ExchangeView<'_>, report: &mut RuleReport) {
    for resource in &view.representations {
        report.judged();
        let mut shown = Vec::new();
        secrets(resource.value, resource.kind, view.published, &mut shown);
        for path in shown {
            let under: &'static [&'static str] = if path.eq_ignore_ascii_case("password") {
                &["RFC7643-4.1.1-24", "RFC7643-4.1.1-25", "RFC7643-7-33", "RFC7643-7-36"]
            } else {
                &["RFC7643-7-33", "RFC7643-7-36"]
            };
            // The value itself stays out of the report.
            report.breach(under, format!("{path} is shown, which is never returned"), "a value");
        }
    }
}

/// The paths of what a resource shows and must not.
fn secrets(
    resource: &Map<String, Value>,
    kind: Option<&ResourceType>,
    published: &Publication,
    shown: &mut Vec<String>,
) {
    let core = kind.and_then(|kind| published.schema(&kind.schema));
    let is_user = kind.is_some_and(|kind| kind.schema.eq_ignore_ascii_case(USER));
    for (name, value) in resource.iter().filter(|(_, value)| has_value(value)) {
        if is_user && name.eq_ignore_ascii_case("password") {
            shown.push("password".into());
        } else if let Some(attributes) = published.schema(name) {
            secret_members(name, ":", attributes, value, shown);
        } else if let Some(definition) = core.and_then(|core| core.get(name)) {
            if definition.is_secret() {
                shown.push(definition.name.clone());
            } else {
                secret_members(&definition.name, ".", &definition.parts, value, shown);
            }
        }
    }
}

fn secret_members(path: &str, separator: &str, attributes: &AttributeIndex, value: &Value, shown: &mut Vec<String>) {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    for members in items.iter().filter_map(Value::as_object) {
        for (name, value) in members.iter().filter(|(_, value)| has_value(value)) {
            let Some(definition) = attributes.get(name) else { continue };
            let path = format!("{path}{separator}{}", definition.name);
            if definition.is_secret() && !shown.contains(&path) {
                shown.push(path);
            } else {
                secret_members(&path, ".", &definition.parts, value, shown);
            }
        }
    }
}

/// The passwords that were sent.
#[derive(Default)]
struct Passwords(Vec<String>);

/// Passwords that are remembered, the last ones.
const MOST_PASSWORDS: usize = 50;
/// A shorter one can stand in an answer by chance.
const SHORTEST: usize = 8;

impl SequenceRule for Passwords {
    fn look(&mut self, view: &ExchangeView<'_>, report: &mut RuleReport) {
        self.remember(view);
        if self.0.is_empty() || view.exchange.response_body.is_empty() {
            return;
        }
        report.judged();
        let Some(body) = view.body else { return };
        let mut texts = Vec::new();
        collect_texts(body, &mut texts);
        // A refusal that quotes the query repeats what the client wrote there.
        let query: Vec<String> = view.exchange.url.query_pairs().map(|(_, value)| value.into_owned()).collect();
        let is_asked = |password: &str| query.iter().any(|value| value.contains(password));
        let is_shown = |password: &str| texts.iter().any(|text| text.contains(password)) && !is_asked(password);
        if let Some(password) = self.0.iter().find(|password| is_shown(password)) {
            let observed = format!("a text with a password of {} characters in it", password.chars().count());
            report.breach(
                &["RFC7643-4.1.1-24", "RFC7643-4.1.1-25"],
                "an answer holds a password that was sent",
                observed,
            );
        }
    }
}

impl Passwords {
    fn remember(&mut self, view: &ExchangeView<'_>) {
        if !String::from_utf8_lossy(&view.exchange.request_body).to_ascii_lowercase().contains("password") {
            return;
        }
        let Some(request) = view.request_json() else { return };
        let (mut found, mut texts) = (Vec::new(), Vec::new());
        collect_passwords(&request, &mut found);
        collect_texts(&request, &mut texts);
        for password in found {
            // A text that the request sends elsewhere too comes back from there.
            let is_elsewhere = texts.iter().filter(|text| text.contains(&password)).count() > 1;
            if password.chars().count() >= SHORTEST && !is_elsewhere && !self.0.contains(&password) {
                if self.0.len() == MOST_PASSWORDS {
                    self.0.remove(0);
                }
                self.0.push(password);
            }
        }
    }
}

/// The values of members named password, and of PATCH operations with that path.
fn collect_passwords(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_passwords(item, found)),
        Value::Object(members) => {
            let names_it = |member: &Value| member.as_str().is_some_and(is_password_path);
            let is_operation = members.get("path").is_some_and(names_it);
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if name.eq_ignore_ascii_case("password") || (is_operation && name == "value") => {
                        found.push(text.to_owned());
                    }
                    _ => collect_passwords(value, found),
                }
            }
        }
        _ => {}
    }
}

fn is_password_path(path: &str) -> bool {
    path.rsplit(':').next().unwrap_or(path).eq_ignore_ascii_case("password")
}

fn collect_texts<'v>(value: &'v Value, texts: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => texts.push(text),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(members) => members.values().for_each(|value| collect_texts(value, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
