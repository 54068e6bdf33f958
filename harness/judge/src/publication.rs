//! What an endpoint has said of itself, in the form in which exchanges are judged by it.

use std::collections::HashMap;

use serde_json::Value;
use url::Url;

use crate::definition::{flag, list, text, word};
use crate::offer::Provenance;

/// A resource type as the endpoint publishes it, or as RFC 7643 section 8.6 has it where the endpoint is silent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceType {
    pub name: String,
    /// With a leading slash, such as `/Users`.
    pub endpoint: String,
    pub schema: String,
    pub extensions: Vec<String>,
    /// Those of the extensions without which a resource is refused (RFC 7643 section 6).
    pub required_extensions: Vec<String>,
    pub provenance: Provenance,
}

impl ResourceType {
    /// Whether `uri` is its schema or one of its extensions, without letter case.
    pub fn has_schema(&self, uri: &str) -> bool {
        self.schema.eq_ignore_ascii_case(uri) || self.extensions.iter().any(|own| own.eq_ignore_ascii_case(uri))
    }
}

/// The definition of an attribute, with the defaults of RFC 7643 section 2.2.
#[derive(Clone, Debug)]
pub struct PublishedAttribute {
    pub name: String,
    /// `string`, `boolean`, …
    pub data_type: String,
    pub multi_valued: bool,
    pub mutability: String,
    pub returned: String,
    pub case_exact: bool,
    /// The sub-attributes.
    pub parts: AttributeIndex,
}

impl PublishedAttribute {
    fn read(definition: &Value) -> Self {
        Self {
            name: text(definition, "name").to_owned(),
            data_type: word(definition, "type").to_owned(),
            multi_valued: flag(definition, "multiValued"),
            mutability: word(definition, "mutability").to_owned(),
            returned: word(definition, "returned").to_owned(),
            case_exact: flag(definition, "caseExact"),
            parts: AttributeIndex::read(list(definition, "subAttributes")),
        }
    }

    /// Whether no answer may show it (RFC 7643 section 7).
    pub fn is_secret(&self) -> bool {
        self.returned == "never" || self.mutability == "writeOnly"
    }
}

/// Definitions by name, without letter case (RFC 7643 section 2.1).
#[derive(Clone, Debug, Default)]
pub struct AttributeIndex(HashMap<String, PublishedAttribute>);

impl AttributeIndex {
    fn read(definitions: &[Value]) -> Self {
        let mut index = HashMap::new();
        for definition in definitions {
            let attribute = PublishedAttribute::read(definition);
            if !attribute.name.is_empty() {
                index.entry(attribute.name.to_ascii_lowercase()).or_insert(attribute);
            }
        }
        Self(index)
    }

    /// The definition of `name`.
    pub fn get(&self, name: &str) -> Option<&PublishedAttribute> {
        self.0.get(&name.to_ascii_lowercase())
    }

    /// Whether nothing is defined.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each definition, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &PublishedAttribute> {
        self.0.values()
    }
}

/// What an endpoint has said of itself.
#[derive(Clone, Debug)]
pub struct Publication {
    base: Url,
    types: Vec<ResourceType>,
    /// By URI in lower case.
    schemas: HashMap<String, AttributeIndex>,
}

impl Publication {
    /// What is published below `base`: resource types, and the entries of `/Schemas`.
    pub fn new(base: &Url, types: Vec<ResourceType>, schemas: &[Value]) -> Self {
        let mut index = HashMap::new();
        for schema in schemas {
            let uri = text(schema, "id");
            if !uri.is_empty() {
                let attributes = AttributeIndex::read(list(schema, "attributes"));
                index.entry(uri.to_ascii_lowercase()).or_insert(attributes);
            }
        }
        Self { base: base.clone(), types, schemas: index }
    }

    /// The base URL, without trailing slash.
    pub fn base(&self) -> &Url {
        &self.base
    }

    pub fn types(&self) -> &[ResourceType] {
        &self.types
    }

    /// The attributes of a schema; `None` if it is not published, or published without attributes.
    pub fn schema(&self, uri: &str) -> Option<&AttributeIndex> {
        self.schemas.get(&uri.to_ascii_lowercase()).filter(|attributes| !attributes.is_empty())
    }

    /// The resource type of this name, to the letter.
    pub fn type_named(&self, name: &str) -> Option<&ResourceType> {
        self.types.iter().find(|kind| kind.name == name)
    }
}
