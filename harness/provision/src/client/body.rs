//! Request bodies: users from mapped values, merged into what was read, and the templates of a description filled in.

use scim::schema::standard;
use serde_json::{Map, Value, json};

use super::{Description, Primary};
use crate::mapping::desired::MappedValue;
use crate::mapping::field::Place;

/// The member of `object` named `name`, whose spelling ignores case (RFC 7643 section 2.1).
#[must_use]
pub fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value))
}

/// The member's own key, or `name` if there is none yet.
fn key_of(object: &Map<String, Value>, name: &str) -> String {
    if object.contains_key(name) {
        return name.to_owned();
    }
    object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned().unwrap_or_else(|| name.to_owned())
}

fn slot<'a>(object: &'a mut Map<String, Value>, name: &str) -> &'a mut Value {
    let key = key_of(object, name);
    object.entry(key).or_insert(Value::Null)
}

fn object_slot<'a>(object: &'a mut Map<String, Value>, name: &str) -> &'a mut Map<String, Value> {
    let slot = slot(object, name);
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    // It is an object by the lines above.
    slot.as_object_mut().expect("an object was put there")
}

fn array_slot<'a>(object: &'a mut Map<String, Value>, name: &str) -> &'a mut Vec<Value> {
    let slot = slot(object, name);
    if !slot.is_array() {
        *slot = Value::Array(Vec::new());
    }
    // It is an array by the lines above.
    slot.as_array_mut().expect("an array was put there")
}

/// A new user.
pub fn new_user<'a>(
    description: &Description,
    values: impl IntoIterator<Item = &'a MappedValue>,
    active: bool,
) -> Value {
    let mut user = Map::new();
    user.insert("schemas".to_owned(), json!([standard::USER]));
    fill(&mut user, description, values, active);
    Value::Object(user)
}

/// The user as it was read, with the mapped values in it. Nothing is cleared: what the mapping does not fill stays.
pub fn merged_user<'a>(
    description: &Description,
    read: &Map<String, Value>,
    values: impl IntoIterator<Item = &'a MappedValue>,
    active: bool,
) -> Value {
    let emails = two_emails(read).filter(|_| description.user.fills_empty_email);
    let mut user = read.clone();
    user.retain(|key, value| {
        let is_omitted = description.user.put_omits.iter().any(|omitted| omitted.eq_ignore_ascii_case(key));
        !is_omitted && prune(value)
    });
    fill(&mut user, description, values, active);
    if let Some(emails) = emails {
        fill_both(&mut user, emails);
    }
    Value::Object(user)
}

/// The two emails of a user who has two, of which one is empty.
fn two_emails(read: &Map<String, Value>) -> Option<Vec<Value>> {
    let emails = member(read, "emails")?.as_array().filter(|emails| emails.len() == 2)?;
    let empty = emails.iter().filter(|email| address(email).is_none()).count();
    (empty == 1).then(|| emails.clone())
}

fn address(email: &Value) -> Option<&str> {
    member(email.as_object()?, "value")?.as_str().filter(|address| !address.is_empty())
}

/// Both get the same address, and both are marked primary: what the vendor says of its SCIM connectors.
fn fill_both(user: &mut Map<String, Value>, mut emails: Vec<Value>) {
    let present = member(user, "emails").and_then(Value::as_array).and_then(|emails| emails.iter().find_map(address));
    let Some(address) = present.map(str::to_owned) else { return };
    for email in emails.iter_mut().filter_map(Value::as_object_mut) {
        *slot(email, "value") = Value::from(address.as_str());
        *slot(email, "primary") = Value::Bool(true);
    }
    *slot(user, "emails") = Value::Array(emails);
}

/// Takes nulls and what is empty out of a value; says whether anything is left.
fn prune(value: &mut Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => {
            items.retain_mut(prune);
            !items.is_empty()
        }
        Value::Object(members) => {
            members.retain(|_, member| prune(member));
            !members.is_empty()
        }
        _ => true,
    }
}

fn fill<'a>(
    user: &mut Map<String, Value>,
    description: &Description,
    values: impl IntoIterator<Item = &'a MappedValue>,
    active: bool,
) {
    for mapped in values {
        put(user, &mapped.rule.field.place, &mapped.value, description.user.primary.as_ref());
    }
    *slot(user, "active") = Value::Bool(active);
}

fn put(user: &mut Map<String, Value>, place: &Place, value: &Value, primary: Option<&Primary>) {
    match place {
        Place::Core(attribute) => *slot(user, attribute) = value.clone(),
        Place::Sub(attribute, sub) => *slot(object_slot(user, attribute), sub) = value.clone(),
        Place::Typed { attribute, type_value, sub } => {
            let values = array_slot(user, attribute);
            let has_primary = values.iter().any(|value| value["primary"] == true);
            let position = values.iter().position(|value| is_of_type(value, type_value)).unwrap_or_else(|| {
                let is_primary = !has_primary
                    && primary
                        .is_some_and(|primary| primary.attribute == *attribute && primary.type_value == *type_value);
                let mut added = Map::new();
                added.insert("type".to_owned(), Value::from(*type_value));
                if is_primary {
                    added.insert("primary".to_owned(), Value::Bool(true));
                }
                values.push(Value::Object(added));
                values.len() - 1
            });
            if let Value::Object(found) = &mut values[position] {
                *slot(found, sub) = value.clone();
            }
        }
        Place::Values(attribute) => {
            let items = value.as_array().into_iter().flatten();
            *slot(user, attribute) = Value::Array(items.map(|item| json!({ "value": item })).collect());
        }
        Place::Extension { urn, attribute, .. } => {
            *slot(object_slot(user, urn), attribute) = value.clone();
            name_schema(user, urn);
        }
        Place::ExtensionSub { urn, attribute, sub } => {
            *slot(object_slot(object_slot(user, urn), attribute), sub) = value.clone();
            name_schema(user, urn);
        }
    }
}

fn name_schema(user: &mut Map<String, Value>, urn: &str) {
    let schemas = array_slot(user, "schemas");
    if !schemas.iter().any(|own| own.as_str().is_some_and(|own| own.eq_ignore_ascii_case(urn))) {
        schemas.push(Value::from(urn));
    }
}

fn is_of_type(value: &Value, type_value: &str) -> bool {
    value
        .as_object()
        .and_then(|object| member(object, "type"))
        .and_then(Value::as_str)
        .is_some_and(|own| own.eq_ignore_ascii_case(type_value))
}

/// The value that stands at `place` in a resource; nothing if there is none.
#[must_use]
pub fn look_up(resource: &Value, place: &Place) -> Option<Value> {
    let resource = resource.as_object()?;
    match place {
        Place::Core(attribute) => member(resource, attribute).cloned(),
        Place::Sub(attribute, sub) => member(member(resource, attribute)?.as_object()?, sub).cloned(),
        Place::Typed { attribute, type_value, sub } => {
            let values = member(resource, attribute)?.as_array()?;
            let found = values.iter().find(|value| is_of_type(value, type_value))?;
            member(found.as_object()?, sub).cloned()
        }
        Place::Values(attribute) => {
            let values = member(resource, attribute)?.as_array()?;
            Some(values.iter().filter_map(|value| member(value.as_object()?, "value").cloned()).collect())
        }
        Place::Extension { urn, attribute, .. } => member(member(resource, urn)?.as_object()?, attribute).cloned(),
        Place::ExtensionSub { urn, attribute, sub } => {
            let complex = member(member(resource, urn)?.as_object()?, attribute)?;
            member(complex.as_object()?, sub).cloned()
        }
    }
}

/// Fills a template: a text that is nothing but `${name}` becomes the value, elsewhere the value's text is put in.
#[must_use]
pub fn filled(template: &Value, values: &[(&str, Value)]) -> Value {
    match template {
        Value::String(text) => fill_text(text, values),
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, member)| (key.clone(), filled(member, values))).collect())
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str, values: &[(&str, Value)]) -> Value {
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    if let Some((_, value)) = whole.and_then(|name| values.iter().find(|(known, _)| *known == name)) {
        return value.clone();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let known = after
            .split_once('}')
            .and_then(|(name, tail)| values.iter().find(|(known, _)| *known == name).map(|(_, value)| (value, tail)));
        if let Some((value, tail)) = known {
            // Text inside text stands inside a path's quotes (RFC 7644 section 3.5.2), hence the escapes of JSON.
            out.push_str(&escaped(value.as_str().unwrap_or_default()));
            rest = tail;
        } else {
            out.push_str("${");
            rest = after;
        }
    }
    out.push_str(rest);
    Value::String(out)
}

/// Whether a template has a placeholder of this name.
#[must_use]
pub fn mentions(template: &Value, name: &str) -> bool {
    match template {
        Value::String(text) => text.contains(&format!("${{{name}}}")),
        Value::Array(items) => items.iter().any(|item| mentions(item, name)),
        Value::Object(members) => members.values().any(|member| mentions(member, name)),
        _ => false,
    }
}

/// A filter with the value in it, escaped as a JSON string is (RFC 7644 section 3.4.2.2).
#[must_use]
pub fn filter(template: &str, value: &str) -> String {
    template.replace("${value}", &escaped(value))
}

fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests;
