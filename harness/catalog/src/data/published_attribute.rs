//! An attribute that an endpoint publishes, and a body that has a value for it.

use serde_json::{Value, json};
use weir_exchange::difference::take_member;

use crate::definition::{flag, word};

/// An attribute of a resource type as the endpoint publishes it.
#[derive(Clone, Copy, Debug)]
pub struct PublishedAttribute<'d> {
    /// The URI of the extension that it belongs to; `None` for the base schema.
    pub extension: Option<&'d str>,
    pub name: &'d str,
    pub definition: &'d Value,
}

impl PublishedAttribute<'_> {
    /// How it is named in a path: with the extension's URI in front.
    pub fn path(&self) -> String {
        self.extension.map_or_else(|| self.name.to_owned(), |uri| format!("{uri}:{}", self.name))
    }

    /// A characteristic that is a word, or its default (RFC 7643 section 2.2).
    pub fn word(&self, characteristic: &str) -> &str {
        word(self.definition, characteristic)
    }

    /// A characteristic that is a boolean, false by default (RFC 7643 section 2.2).
    pub fn flag(&self, characteristic: &str) -> bool {
        flag(self.definition, characteristic)
    }

    /// Whether it is one of the common attributes, which the endpoint may list though they are its own (RFC 7643 section
    /// 3.1).
    pub fn is_common(&self) -> bool {
        self.extension.is_none() && matches!(self.name, "id" | "meta" | "schemas" | "externalId")
    }

    /// Puts a value into a body, and announces the extension there. What the body has under the name in other letters is the same
    /// attribute (RFC 7643 section 2.1).
    pub fn put(&self, body: &mut Value, value: Value) {
        let Some(uri) = self.extension else {
            if let Some(members) = body.as_object_mut() {
                take_member(members, self.name);
            }
            body[self.name] = value;
            return;
        };
        body[uri][self.name] = value;
        if let Some(schemas) = body["schemas"].as_array_mut()
            && !schemas.iter().any(|schema| schema == uri)
        {
            schemas.push(json!(uri));
        }
    }
}
