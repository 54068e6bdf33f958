//! Attributes of every type and with every characteristic (RFC 7643 section 7), drawn so that a client can always make a
//! complete body: what is required can be set, and what must be unique is a text.

use serde_json::{Value, json};

use super::choices::Choices;

/// Names that mean nothing to anybody, so that no check knows them.
const NAMES: [&str; 22] = [
    "harbour", "orchard", "lantern", "meadow", "compass", "glacier", "thicket", "pebble", "canyon", "feather",
    "willow", "ember", "quarry", "saddle", "trellis", "beacon", "cavern", "dune", "estuary", "fjord", "gorge", "heath",
];
const TYPES: [&str; 8] = ["string", "integer", "boolean", "decimal", "dateTime", "reference", "binary", "complex"];
const PARTS: [&str; 5] = ["value", "display", "type", "primary", "note"];

/// An attribute that many schemas have, so that a check which looks for one finds it in many innocents.
#[derive(Clone, Copy, Debug)]
enum SoughtAttribute {
    /// A text that every client may write and read.
    Text,
    Required,
    Unique,
    OnRequest,
    Always,
    Never,
    /// A text that is set once.
    SetOnce,
    /// A text of the endpoint's own, without a value.
    ReadOnly,
    /// A list with the sub-attributes of RFC 7643 section 2.4.
    Values,
    /// One value of several parts.
    Record,
    Boolean,
    Time,
    Integer,
    Decimal,
    Binary,
}

const SOUGHT: [SoughtAttribute; 16] = [
    SoughtAttribute::Text,
    SoughtAttribute::Text,
    SoughtAttribute::Required,
    SoughtAttribute::Unique,
    SoughtAttribute::OnRequest,
    SoughtAttribute::Always,
    SoughtAttribute::Never,
    SoughtAttribute::SetOnce,
    SoughtAttribute::ReadOnly,
    SoughtAttribute::Values,
    SoughtAttribute::Record,
    SoughtAttribute::Boolean,
    SoughtAttribute::Time,
    SoughtAttribute::Integer,
    SoughtAttribute::Decimal,
    SoughtAttribute::Binary,
];

/// The attributes of a schema: at least one, the first of which is a text that clients can change. Names end in `suffix`, so that
/// an extension repeats none of the schema that it extends (RFC 7643 section 3.3).
pub(super) fn attributes(choices: &mut Choices, may_require: bool, suffix: &str) -> Vec<Value> {
    let mut names = NAMES.iter().map(|name| format!("{name}{suffix}"));
    let mut all: Vec<Value> = names.next().iter().map(|name| plain(name)).collect();
    let shapes = SOUGHT.into_iter().filter(|shape| may_require || !matches!(shape, SoughtAttribute::Required));
    let shapes: Vec<SoughtAttribute> = shapes.filter(|_| choices.once_in(2)).collect();
    all.extend(shapes.into_iter().zip(&mut names).map(|(shape, name)| shaped(choices, shape, &name)));
    let further = usize::try_from(choices.up_to(4)).unwrap_or(0);
    all.extend(names.take(further).map(|name| attribute(choices, &name, may_require)));
    all
}

/// A text that every client may write and read.
fn plain(name: &str) -> Value {
    json!({
        "name": name, "type": "string", "multiValued": false, "description": "A text", "required": false, "caseExact": false,
        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    })
}

fn shaped(choices: &mut Choices, shape: SoughtAttribute, name: &str) -> Value {
    let mut own = plain(name);
    match shape {
        SoughtAttribute::Text => {}
        SoughtAttribute::Required => own["required"] = json!(true),
        SoughtAttribute::Unique => own["uniqueness"] = json!(*choices.pick(&["server", "global"])),
        SoughtAttribute::OnRequest => own["returned"] = json!("request"),
        SoughtAttribute::Always => own["returned"] = json!("always"),
        SoughtAttribute::Never => make_secret(&mut own),
        SoughtAttribute::SetOnce => own["mutability"] = json!("immutable"),
        SoughtAttribute::ReadOnly => own["mutability"] = json!("readOnly"),
        SoughtAttribute::Values => {
            make_complex(&mut own, parts(choices, true, 3));
            own["multiValued"] = json!(true);
        }
        SoughtAttribute::Record => make_complex(&mut own, parts(choices, false, 3)),
        SoughtAttribute::Boolean => make_plain(&mut own, "boolean"),
        SoughtAttribute::Time => make_plain(&mut own, "dateTime"),
        SoughtAttribute::Integer => make_plain(&mut own, "integer"),
        SoughtAttribute::Decimal => make_plain(&mut own, "decimal"),
        SoughtAttribute::Binary => {
            own["type"] = json!("binary");
            own["caseExact"] = json!(true);
        }
    }
    own
}

/// Of a type that has no letter case.
fn make_plain(own: &mut Value, kind: &str) {
    own["type"] = json!(kind);
    without(own, &["caseExact"]);
}

/// Never to be seen again, and so not required: a client could not know what it has to send.
fn make_secret(own: &mut Value) {
    own["mutability"] = json!("writeOnly");
    own["returned"] = json!("never");
}

fn make_complex(own: &mut Value, parts: Vec<Value>) {
    own["type"] = json!("complex");
    own["subAttributes"] = Value::Array(parts);
    without(own, &["caseExact", "uniqueness"]);
}

fn attribute(choices: &mut Choices, name: &str, may_require: bool) -> Value {
    let kind = *choices.pick(&TYPES);
    let mut own = plain(name);
    own["type"] = json!(kind);
    own["description"] = json!(format!("A value of the type {kind}"));
    own["multiValued"] = json!(choices.once_in(3));
    own["required"] = json!(may_require && choices.once_in(4));
    match choices.up_to(9) {
        6 if own["required"] == false => own["mutability"] = json!("readOnly"),
        7 => own["mutability"] = json!("immutable"),
        8 if own["required"] == false => make_secret(&mut own),
        9 => own["returned"] = json!(*choices.pick(&["request", "always"])),
        _ => {}
    }
    match kind {
        "string" => {
            own["caseExact"] = json!(choices.once_in(3));
            if choices.once_in(4) {
                own["canonicalValues"] = json!(["amber", "blue", "copper"]);
            } else if own["multiValued"] == false && own["returned"] != "never" && choices.once_in(6) {
                // A secret is kept as a hash, which cannot be compared with another's.
                own["uniqueness"] = json!("server");
            }
        }
        "reference" => {
            own["referenceTypes"] = json!(["external"]);
            own["caseExact"] = json!(true);
        }
        "binary" => own["caseExact"] = json!(true),
        "complex" => {
            let list = own["multiValued"] == true;
            let parts = parts(choices, list, 1);
            make_complex(&mut own, parts);
        }
        _ => without(&mut own, &["caseExact"]),
    }
    own
}

/// The sub-attributes of a complex attribute, at least `least`; lists may have those of RFC 7643 section 2.4.
fn parts(choices: &mut Choices, is_list: bool, least: usize) -> Vec<Value> {
    let count = least + usize::try_from(choices.up_to(3)).unwrap_or(0);
    let names: Vec<&str> = if is_list { PARTS.to_vec() } else { vec!["label", "level", "code", "since", "note"] };
    names
        .into_iter()
        .take(count)
        .map(|name| {
            let mut part = plain(name);
            match name {
                "primary" => part["type"] = json!("boolean"),
                "level" => part["type"] = json!("integer"),
                "since" => part["type"] = json!("dateTime"),
                "type" => part["canonicalValues"] = json!(["first", "second"]),
                _ => part["required"] = json!(choices.once_in(5)),
            }
            if matches!(name, "primary" | "level" | "since") {
                without(&mut part, &["caseExact"]);
            }
            part
        })
        .collect()
}

fn without(attribute: &mut Value, names: &[&str]) {
    if let Some(members) = attribute.as_object_mut() {
        members.retain(|name, _| !names.contains(&name.as_str()));
    }
}
