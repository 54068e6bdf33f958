//! Templates: files in which a tool fills in `${NAME}` before another product reads them, as the server profiles of Ping's
//! products have them. A reader of one that was not filled in takes the placeholder for the value.
//!
//! A tool replaces what stands in the text of the file. So a value that really holds `${NAME}` can be written otherwise, in the way of
//! the file's syntax (`\u0024{NAME}` in JSON, base64 in LDIF), and is data then.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{FileFault, Place};

/// How many placeholders are kept: a template of a whole directory has the same few everywhere.
const MOST: usize = 100;

/// The open placeholders of a document, each with its places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placeholders {
    /// In the order in which they came.
    found: Vec<Placeholder>,
    by_name: BTreeMap<String, usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Placeholder {
    name: String,
    first: Place,
    /// How many stand after the first.
    more: u64,
}

impl Placeholders {
    /// Adds those of a value at `place`.
    pub fn note(&mut self, value: &str, place: &Place) {
        for name in names(value) {
            match self.by_name.get(&name) {
                Some(position) => self.found[*position].more += 1,
                None if self.found.len() < MOST => {
                    self.by_name.insert(name.clone(), self.found.len());
                    self.found.push(Placeholder { name, first: place.clone(), more: 0 });
                }
                None => {}
            }
        }
    }

    /// Those of a text, each with its line.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        let mut placeholders = Self::default();
        for (line, number) in text.lines().zip(1..) {
            placeholders.note(line, &Place::Line(number, None));
        }
        placeholders
    }

    /// Those of the values of `document` at paths that `counts` takes, as (path, name of the placeholder). Names that do not stand in `text`,
    /// which the document was read from, are data.
    #[must_use]
    pub fn of_json(document: &Value, text: &str, counts: &dyn Fn(&str, &str) -> bool) -> Self {
        let mut placeholders = Self::default();
        if text.contains("${") {
            placeholders.walk(document, "", text, counts);
        }
        placeholders
    }

    fn walk(&mut self, value: &Value, path: &str, text: &str, counts: &dyn Fn(&str, &str) -> bool) {
        match value {
            Value::String(own) => {
                for name in names(own) {
                    let placeholder = format!("${{{name}}}");
                    if text.contains(&placeholder) && counts(path, &name) {
                        self.note(&placeholder, &path.into());
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(item, &format!("{path}[{index}]"), text, counts);
                }
            }
            Value::Object(members) => {
                for (key, member) in members {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.walk(member, &path, text, counts);
                }
            }
            _ => {}
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The fault of a template.
    ///
    /// # Errors
    /// There are placeholders.
    pub fn refused(&self) -> Result<(), FileFault> {
        if self.is_empty() {
            return Ok(());
        }
        let listed = self.found.iter().map(|Placeholder { name, first, more }| match more {
            0 => format!("{name} ({first})"),
            more => format!("{name} ({first} and {more} more)"),
        });
        let listed: Vec<String> = listed.collect();
        Err(FileFault::new(Place::Whole, "this is a template with open placeholders")
            .with_remedy(format!("fill in {}", listed.join(", "))))
    }
}

/// The names in `${…}` that the text holds, each once, in their order.
#[must_use]
pub fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${") {
        let length =
            after.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
        let (name, behind) = after.split_at(length.count());
        if !name.is_empty() && behind.starts_with('}') && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(placeholders: &Placeholders) -> String {
        placeholders.refused().map_err(|fault| fault.of("f").to_string()).err().unwrap_or_default()
    }

    #[test]
    fn placeholders_are_listed_once_with_their_places() {
        assert_eq!(names("a ${X} ${Y_1} ${X} ${} ${not this} $Z"), ["X", "Y_1"]);
        let text = "dn: ${BASE}\nsn: ${SURNAME}\n\ndn: ${BASE}\n";
        assert_eq!(
            said(&Placeholders::of_text(text)),
            "f: this is a template with open placeholders; fill in BASE (line 1 and 1 more), SURNAME (line 2)"
        );
        assert!(Placeholders::default().refused().is_ok());
    }

    #[test]
    fn what_a_document_escapes_is_data() {
        let text = "{\"a\": [\"${X}\", \"\\u0024{Y}\"], \"b\": \"${user.name}\"}";
        let document: Value = serde_json::from_str(text).unwrap();
        assert_eq!(document, json!({ "a": ["${X}", "${Y}"], "b": "${user.name}" }));
        let found = Placeholders::of_json(&document, text, &|_, name| !name.starts_with("user."));
        assert_eq!(said(&found), "f: this is a template with open placeholders; fill in X (a[0])");
    }
}
