//! The members of a JSON object, each of the type that its reader expects. A member of another type is a fault with its place:
//! it would count as one that is missing.

use serde_json::{Map, Value};

use super::fault::{FileFault, Place};

/// An object, and where it stands in its document.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    object: &'a Map<String, Value>,
    place: String,
}

impl<'a> Members<'a> {
    /// The members of `value`, which stands at `place`; the document itself has none.
    ///
    /// # Errors
    /// It is not an object.
    pub fn of(value: &'a Value, place: impl Into<String>) -> Result<Self, FileFault> {
        let place = place.into();
        match value {
            Value::Object(object) => Ok(Self { object, place }),
            other => Err(expected(place, "an object", other)),
        }
    }

    /// Where the object stands.
    #[must_use]
    pub fn own_place(&self) -> &str {
        &self.place
    }

    /// Where a member stands.
    #[must_use]
    pub fn place(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }

    /// A member that says something: an export writes one that is not set as null, `""`, `[]` or `{}`, or leaves it out.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&'a Value> {
        self.object.get(key).filter(|value| has_value(value))
    }

    /// A text.
    ///
    /// # Errors
    /// The member is of another type, as for all that follow.
    pub fn text(&self, key: &str) -> Result<Option<&'a str>, FileFault> {
        self.typed(key, "a text", Value::as_str)
    }

    /// True or false, which products write as such and as a text in any letter case.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn flag(&self, key: &str) -> Result<Option<bool>, FileFault> {
        self.typed(key, "true or false", flag)
    }

    /// A list.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn list(&self, key: &str) -> Result<&'a [Value], FileFault> {
        let list = self.typed(key, "a list", |value| value.as_array().map(Vec::as_slice))?;
        Ok(list.unwrap_or_default())
    }

    /// A list of objects, each with its members.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn objects(&self, key: &str) -> Result<Vec<Members<'a>>, FileFault> {
        let list = self.list(key)?.iter().enumerate();
        list.map(|(index, value)| Members::of(value, format!("{}[{index}]", self.place(key)))).collect()
    }

    /// An object, with its members.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn object(&self, key: &str) -> Result<Option<Members<'a>>, FileFault> {
        self.get(key).map(|value| Members::of(value, self.place(key))).transpose()
    }

    /// The id of what a member refers to, as a text or as an object with it.
    ///
    /// # Errors
    /// As [`Self::text`], or the object has no id.
    pub fn id(&self, key: &str) -> Result<Option<&'a str>, FileFault> {
        self.get(key).map(|value| id_of(value, self.place(key))).transpose()
    }

    /// The ids in a list, each as [`Self::id`] takes it.
    ///
    /// # Errors
    /// As [`Self::id`].
    pub fn ids(&self, key: &str) -> Result<Vec<String>, FileFault> {
        let list = self.list(key)?.iter().enumerate();
        list.map(|(index, value)| id_of(value, format!("{}[{index}]", self.place(key))).map(str::to_owned)).collect()
    }

    /// The members that are not null.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.object.iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key.as_str(), value))
    }

    /// The names of members that say something and are none of `known`.
    pub fn unknown(&self, known: &[&str]) -> impl Iterator<Item = &'a str> {
        let unknown = self.object.iter().filter(move |(key, value)| !known.contains(&key.as_str()) && has_value(value));
        unknown.map(|(key, _)| key.as_str())
    }

    fn typed<T>(
        &self,
        key: &str,
        what: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, FileFault> {
        let Some(value) = self.get(key) else { return Ok(None) };
        read(value).map(Some).ok_or_else(|| expected(self.place(key), what, value))
    }
}

/// True or false, as such or as a text in any letter case.
#[must_use]
pub fn flag(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

fn id_of(value: &Value, place: String) -> Result<&str, FileFault> {
    let id = value.as_str().or_else(|| value["id"].as_str());
    id.filter(|id| !id.is_empty()).ok_or_else(|| expected(place, "an id, or an object with one", value))
}

/// Whether there is a value: null, an empty text, an empty list and an empty object are none.
#[must_use]
pub fn has_value(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

/// The fault of a value that is not `what`.
#[must_use]
pub fn expected(place: impl Into<Place>, what: &str, value: &Value) -> FileFault {
    let got = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {:?}", shortened(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    };
    FileFault::new(place, format!("expected {what}, got {got}"))
}

/// A value may be of any length.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_member_has_its_type_and_another_is_refused_with_its_place() {
        let document =
            json!({ "name": "x", "on": "FALSE", "off": true, "list": [{ "id": "1" }, "2"], "none": "", "number": 5 });
        let members = Members::of(&document, "").unwrap();
        assert_eq!((members.text("name").unwrap(), members.text("none").unwrap()), (Some("x"), None));
        assert_eq!((members.flag("on").unwrap(), members.flag("off").unwrap()), (Some(false), Some(true)));
        assert_eq!(members.ids("list").unwrap(), ["1", "2"]);
        assert_eq!(members.unknown(&["name", "on", "off", "list"]).collect::<Vec<_>>(), ["number"]);
        let said = |fault: Result<_, FileFault>| fault.map(|_: Option<bool>| ()).unwrap_err().of("f").to_string();
        assert_eq!(said(members.flag("name")), "f, name: expected true or false, got the text \"x\"");
        assert_eq!(said(members.text("number").map(|_| None)), "f, number: expected a text, got the number 5");
        assert_eq!(said(members.objects("list").map(|_| None)), "f, list[1]: expected an object, got the text \"2\"");
        assert_eq!(said(members.ids("name").map(|_| None)), "f, name: expected a list, got the text \"x\"");
    }
}
