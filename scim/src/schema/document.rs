//! Schema and resource type documents as JSON: reading, and the rules that a document must keep.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Attribute, AttributeType};

/// A schema definition (RFC 7643 section 7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaDocument {
    /// The schema's URI.
    pub id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub attributes: Vec<Attribute>,
}

/// One extension of a resource type (RFC 7643 section 6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SchemaExtension {
    pub schema: String,
    #[serde(default)]
    pub required: bool,
}

/// A resource type definition (RFC 7643 section 6).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTypeDocument {
    #[serde(default)]
    pub id: Option<String>,
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Relative to the base URL, with a leading slash.
    pub endpoint: String,
    /// The URI of the core schema.
    pub schema: String,
    #[serde(default)]
    pub schema_extensions: Vec<SchemaExtension>,
}

/// A rule that a schema or resource type document breaks; `place` names schema and attribute.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {rule}")]
pub struct SchemaError {
    pub place: String,
    pub rule: String,
}

impl SchemaError {
    pub(super) fn new(place: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { place: place.into(), rule: rule.into() }
    }
}

impl SchemaDocument {
    /// Reads a document; the error says where the JSON departs from the shape of RFC 7643 section 7.
    ///
    /// # Errors
    /// Malformed JSON, a missing or mistyped member, or a broken rule of [`Self::validate`].
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let document: Self =
            serde_json::from_str(text).map_err(|error| SchemaError::new("schema document", error.to_string()))?;
        document.validate()?;
        Ok(document)
    }

    /// The rules of RFC 7643 sections 2.1, 2.3.8 and 7 that types alone cannot express.
    ///
    /// # Errors
    /// The first rule broken, with schema and attribute.
    pub fn validate(&self) -> Result<(), SchemaError> {
        if !is_schema_uri(&self.id) {
            return Err(SchemaError::new(
                format!("schema {:?}", self.id),
                "a schema id is a URI such as urn:example:params:scim:schemas:extension:example:2.0:User",
            ));
        }
        // The schema of schemas describes attributes that hold attributes: the one exception to the rule of RFC 7643
        // section 2.3.8, made by section 7 itself.
        let levels = if self.id == super::standard::SCHEMA { 3 } else { 2 };
        validate_attributes(&self.id, &self.attributes, ':', levels)
    }
}

/// `levels` counts how deep attributes may still nest, this level included.
fn validate_attributes(
    place: &str,
    attributes: &[Attribute],
    separator: char,
    levels: usize,
) -> Result<(), SchemaError> {
    let mut names = BTreeSet::new();
    for attribute in attributes {
        let place = format!("{place}{separator}{}", attribute.name);
        if !is_attribute_name(&attribute.name) {
            return Err(SchemaError::new(
                place,
                "an attribute name is a letter followed by letters, digits, $, - or _ (or $ref for a sub-attribute)",
            ));
        }
        if !names.insert(attribute.name.to_ascii_lowercase()) {
            return Err(SchemaError::new(place, "the name is defined twice; names are compared without case"));
        }
        match attribute.attribute_type {
            AttributeType::Complex if levels == 1 => {
                return Err(SchemaError::new(place, "a sub-attribute cannot be complex (RFC 7643 section 2.3.8)"));
            }
            AttributeType::Complex if attribute.sub_attributes.is_empty() => {
                return Err(SchemaError::new(place, "a complex attribute needs subAttributes"));
            }
            AttributeType::Complex => validate_attributes(&place, &attribute.sub_attributes, '.', levels - 1)?,
            _ if !attribute.sub_attributes.is_empty() => {
                return Err(SchemaError::new(place, "only a complex attribute has subAttributes"));
            }
            AttributeType::Reference if attribute.reference_types.is_empty() => {
                return Err(SchemaError::new(place, "a reference attribute needs referenceTypes"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_schema_uri(id: &str) -> bool {
    id.split_once(':').is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && !rest.is_empty()
            && id.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '[' | ']' | '<' | '>'))
    })
}

/// RFC 7643 section 2.1; `$ref` is the defined exception (erratum 8924).
pub(super) fn is_attribute_name(name: &str) -> bool {
    name == "$ref"
        || (name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '$' | '-' | '_')))
}

/// Whether RFC 7644 section 3.2 gives the segment a meaning of its own.
pub(super) fn is_own_endpoint(segment: &str) -> bool {
    const OWN: [&str; 6] = ["ServiceProviderConfig", "ResourceTypes", "Schemas", "Bulk", "Me", ".search"];
    OWN.iter().any(|own| segment.eq_ignore_ascii_case(own))
}

impl ResourceTypeDocument {
    /// Reads a document.
    ///
    /// # Errors
    /// Malformed JSON, a missing member, or an endpoint that is not one relative path segment.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let document: Self = serde_json::from_str(text)
            .map_err(|error| SchemaError::new("resource type document", error.to_string()))?;
        document.validate()?;
        Ok(document)
    }

    /// # Errors
    /// An endpoint that is not a slash and one path segment, or that RFC 7644 section 3.2 gives another meaning.
    pub fn validate(&self) -> Result<(), SchemaError> {
        let segment = self.endpoint.strip_prefix('/').unwrap_or_default();
        if segment.is_empty() || !segment.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
            return Err(SchemaError::new(
                format!("resource type {}", self.name),
                format!("endpoint {:?} must be a slash and one path segment, such as /Users", self.endpoint),
            ));
        }
        if is_own_endpoint(segment) {
            return Err(SchemaError::new(
                format!("resource type {}", self.name),
                format!("endpoint {:?} is one of SCIM's own (RFC 7644 section 3.2); choose another", self.endpoint),
            ));
        }
        Ok(())
    }
}
