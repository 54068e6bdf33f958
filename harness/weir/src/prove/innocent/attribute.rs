//! Attributes of every type and with every characteristic (RFC 7643 section 7), drawn so that a client can always make a
//! complete body: what is required can be set, and what must be unique is a text.

use serde_json::{Value, json};

use super::choices::Choices;

/// Names that mean nothing to anybody, so that no check knows them.
const NAMES: [&str; 12] = [
    "harbour", "orchard", "lantern", "meadow", "compass", "glacier", "thicket", "pebble", "canyon", "feather",
    "willow", "ember",
];
const TYPES: [&str; 8] = ["string", "integer", "boolean", "decimal", "dateTime", "reference", "binary", "complex"];
const PARTS: [&str; 5] = ["value", "display", "type", "primary", "note"];

/// The attributes of a schema: at least one, the first of which is a text that clients can change. Names end in `suffix`, so that
/// an extension repeats none of the schema that it extends (RFC 7643 section 3.3).
pub(super) fn attributes(choices: &mut Choices, may_require: bool, suffix: &str) -> Vec<Value> {
    let count = 1 + choices.up_to(6);
    let names = NAMES.iter().take(usize::try_from(count).unwrap_or(1));
    names
        .enumerate()
        .map(|(position, name)| (position, format!("{name}{suffix}")))
        .map(|(position, name)| match position {
            0 => plain(&name),
            1 if choices.once_in(3) => set_once(&name),
            _ => attribute(choices, &name, may_require),
        })
        .collect()
}

/// A text that every client may write and read.
fn plain(name: &str) -> Value {
    json!({
        "name": name, "type": "string", "multiValued": false, "description": "A text", "required": false, "caseExact": false,
        "mutability": "readWrite", "returned": "default", "uniqueness": "none",
    })
}

/// A text that is set once.
fn set_once(name: &str) -> Value {
    let mut own = plain(name);
    own["mutability"] = json!("immutable");
    own
}

fn attribute(choices: &mut Choices, name: &str, may_require: bool) -> Value {
    let kind = *choices.pick(&TYPES);
    let mut own = plain(name);
    own["type"] = json!(kind);
    own["description"] = json!(format!("A value of the type {kind}"));
    own["multiValued"] = json!(choices.once_in(3));
    own["required"] = json!(may_require && choices.once_in(4));
    match choices.up_to(9) {
        7 => own["mutability"] = json!("immutable"),
        // Required and never to be seen again is possible, and a trap; one that is not required is enough of it.
        8 if own["required"] == false => {
            own["mutability"] = json!("writeOnly");
            own["returned"] = json!("never");
        }
        9 => own["returned"] = json!(*choices.pick(&["request", "always"])),
        _ => {}
    }
    match kind {
        "string" => {
            own["caseExact"] = json!(choices.once_in(3));
            if choices.once_in(4) {
                own["canonicalValues"] = json!(["amber", "blue", "copper"]);
            } else if own["multiValued"] == false && choices.once_in(6) {
                own["uniqueness"] = json!("server");
            }
        }
        "reference" => {
            own["referenceTypes"] = json!(["external"]);
            own["caseExact"] = json!(true);
        }
        "binary" => own["caseExact"] = json!(true),
        "complex" => {
            own["subAttributes"] = Value::Array(parts(choices, own["multiValued"] == true));
            without(&mut own, &["caseExact", "uniqueness"]);
        }
        _ => without(&mut own, &["caseExact"]),
    }
    own
}

/// The sub-attributes of a complex attribute; lists may have those of RFC 7643 section 2.4.
fn parts(choices: &mut Choices, is_list: bool) -> Vec<Value> {
    let count = usize::try_from(1 + choices.up_to(3)).unwrap_or(1);
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
