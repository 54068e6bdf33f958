//! Values at dotted places of a document: what a setting or a variant changes in a description.

use serde_json::{Map, Value};

/// The value at a place such as `user.put`; null if there is none.
#[must_use]
pub fn get<'a>(document: &'a Value, place: &str) -> &'a Value {
    place.split('.').fold(document, |value, name| value.get(name).unwrap_or(&Value::Null))
}

/// A place that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} leads through something that holds no values")]
pub struct PlaceError(String);

/// Puts a value at a place, whose objects are made where they are missing.
///
/// # Errors
/// The way there leads through something that is not an object.
pub fn set(document: &mut Value, place: &str, new: Value) -> Result<(), PlaceError> {
    let mut value = document;
    let (way, last) = place.rsplit_once('.').map_or((None, place), |(way, last)| (Some(way), last));
    for name in way.into_iter().flat_map(|way| way.split('.')) {
        value = object(value, place)?.entry(name).or_insert_with(|| Value::Object(Map::new()));
    }
    object(value, place)?.insert(last.to_owned(), new);
    Ok(())
}

fn object<'a>(value: &'a mut Value, place: &str) -> Result<&'a mut Map<String, Value>, PlaceError> {
    value.as_object_mut().ok_or_else(|| PlaceError(place.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_is_read_and_written() {
        let mut document = json!({ "user": { "put": "read-merge" } });
        set(&mut document, "user.put", json!("mapped-only")).unwrap();
        set(&mut document, "group.members.style", json!("replace")).unwrap();
        set(&mut document, "id", json!("x")).unwrap();
        let expected =
            json!({ "user": { "put": "mapped-only" }, "group": { "members": { "style": "replace" } }, "id": "x" });
        assert_eq!(document, expected);
        assert_eq!(get(&document, "group.members.style"), "replace");
        assert_eq!(get(&document, "group.members.none.at.all"), &Value::Null);
        assert!(set(&mut document, "id.y", json!(1)).is_err());
    }
}
