//! A user of PingOne as an entry: each value under the path by which a rule names it, such as `name.given`.

use serde_json::Value;
use weir_files::fault::FileFault;
use weir_files::member::Members;

use super::group::GROUPS_OF_USER;
use crate::entry::dn::{Assertion, AssertionValue, Rdn};
use crate::entry::{Dn, Entry, Role};

/// The id of a user whose members have the types of the API: of another type they would count as missing.
///
/// # Errors
/// A member of another type.
pub(super) fn checked<'a>(user: &'a Value, place: &str) -> Result<Option<&'a str>, FileFault> {
    const TEXTS: [&str; 3] = ["username", "email", "externalId"];
    let members = Members::of(user, place)?;
    let id = members.text("id")?;
    for name in TEXTS {
        members.text(name)?;
    }
    members.flag("enabled")?;
    members.ids(GROUPS_OF_USER)?;
    if let Some(population) = members.object("population")? {
        population.text("id")?;
    }
    if let Some(name) = members.object("name")? {
        for part in ["given", "family", "middle", "formatted", "honorificPrefix", "honorificSuffix"] {
            name.text(part)?;
        }
    }
    Ok(id)
}

/// Puts `enabled` as the API has it where a product wrote it as a text.
pub(super) fn normalise(user: &mut Value) {
    if let Some(enabled) = user.get("enabled").and_then(weir_files::member::flag) {
        user["enabled"] = Value::Bool(enabled);
    }
}

pub(super) fn entry(user: &Value) -> Entry {
    let name = ["username", "id"].into_iter().find_map(|name| Some((name, user[name].as_str()?)));
    let (attribute, value) = name.unwrap_or(("id", ""));
    let assertion = Assertion { attribute: attribute.to_owned(), value: AssertionValue::Text(value.to_owned()) };
    let dn = Dn::under(Rdn { assertions: vec![assertion] }, &[]);
    let mut entry = Entry::found(dn, Role::User);
    put("", user, &mut entry);
    entry
}

fn put(path: &str, value: &Value, entry: &mut Entry) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                put(&path, member, entry);
            }
        }
        Value::Array(items) => {
            for item in items {
                put(path, item, entry);
            }
        }
        Value::String(text) => entry.push(path, text.as_bytes()),
        other => entry.push(path, other.to_string().into_bytes()),
    }
}

/// Puts the members that an event gives over the known ones: objects member by member, anything else as a whole; null takes
/// away.
pub(super) fn merge(known: &mut Value, said: Value) {
    match (known, said) {
        (Value::Object(known), Value::Object(said)) => {
            for (name, value) in said {
                if value.is_null() {
                    known.shift_remove(&name);
                } else {
                    merge(known.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (known, said) => *known = said,
    }
}
