//! Attribute notation (RFC 7644 section 3.10): `urn:…:User:name.givenName`, `emails.value`, `members.$ref`.
//!
//! Parsing looks at text only: everything up to the last colon is the schema URI, because attribute names hold no colon.
//! A bare schema URI therefore parses as a URI and a last part; [`resolve`] puts it together again when the whole is a
//! schema of the resource type.

use std::fmt;

use crate::schema::{AttributeId, AttributeType, Registry, ResourceTypeId, SchemaId};
use crate::tolerance::{Tolerance, Tolerances};

/// An attribute path as written, not yet looked up in any schema.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AttributePath {
    /// The schema URI before the last colon, as written.
    pub schema: Option<String>,
    pub attribute: String,
    pub sub_attribute: Option<String>,
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{schema}:")?;
        }
        f.write_str(&self.attribute)?;
        if let Some(sub) = &self.sub_attribute {
            write!(f, ".{sub}")?;
        }
        Ok(())
    }
}

/// An attribute path that could not be parsed: where, what was expected there, and what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("at offset {offset}: expected {expected}; got {found}")]
pub struct PathSyntaxError {
    /// Bytes from the start of the path.
    pub offset: usize,
    pub expected: &'static str,
    /// The word or the character at the offset, in quotes, or that the path ends there.
    pub found: String,
}

impl PathSyntaxError {
    fn new(text: &str, offset: usize, expected: &'static str) -> Self {
        Self { offset, expected, found: found_at(text, offset) }
    }
}

/// What stands at an offset of a text, for messages: a word, or one character that belongs to none.
#[must_use]
pub fn found_at(text: &str, offset: usize) -> String {
    const LONGEST_WORD: usize = 24;
    let rest = text.get(offset..).unwrap_or_default();
    let is_of_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    match rest.chars().next() {
        None => "the end".to_owned(),
        Some(' ') => "a blank".to_owned(),
        Some(first) if is_of_word(first) => {
            let word: String = rest.chars().take_while(|c| is_of_word(*c)).take(LONGEST_WORD).collect();
            format!("{word:?}")
        }
        Some(other) => format!("{:?}", other.to_string()),
    }
}

impl std::str::FromStr for AttributePath {
    type Err = PathSyntaxError;

    fn from_str(text: &str) -> Result<Self, PathSyntaxError> {
        let (path, rest) = Self::parse_prefix(text)?;
        if rest.is_empty() {
            Ok(path)
        } else {
            Err(PathSyntaxError::new(text, text.len() - rest.len(), "the end of the attribute path"))
        }
    }
}

impl AttributePath {
    /// A bare attribute name.
    #[must_use]
    pub fn bare(attribute: &str) -> Self {
        Self { schema: None, attribute: attribute.into(), sub_attribute: None }
    }

    /// Reads the longest attribute path at the start of `text` and returns it with the rest.
    ///
    /// # Errors
    /// No attribute name at the start, a schema URI without an attribute, or a dot without a sub-attribute.
    pub fn parse_prefix(text: &str) -> Result<(Self, &str), PathSyntaxError> {
        // By bytes, which is right because all of them are ASCII.
        let end = text.bytes().position(|byte| !is_path_byte(byte)).unwrap_or(text.len());
        let (token, rest) = text.split_at(end);
        let (schema, names) = match token.rfind(':') {
            Some(at) => (Some(&token[..at]), &token[at + 1..]),
            None => (None, token),
        };
        let start = token.len() - names.len();
        if let Some(schema) = schema
            && !is_uri(schema)
        {
            return Err(PathSyntaxError::new(text, 0, "a schema URI such as urn:…:User before the colon"));
        }
        let (attribute, sub_attribute) = match names.split_once('.') {
            Some((attribute, sub)) => (attribute, Some(sub)),
            None => (names, None),
        };
        match fault_in_name(attribute) {
            None => {}
            Some(0) => return Err(PathSyntaxError::new(text, start, "an attribute name (a letter first)")),
            Some(at) => return Err(PathSyntaxError::new(text, start + at, "the end of the attribute name")),
        }
        match sub_attribute.and_then(fault_in_name) {
            None => {}
            Some(at) => {
                let offset = start + attribute.len() + 1 + at;
                return Err(PathSyntaxError::new(text, offset, "one sub-attribute name after the dot"));
            }
        }
        let path = Self {
            schema: schema.map(Into::into),
            attribute: attribute.into(),
            sub_attribute: sub_attribute.map(Into::into),
        };
        Ok((path, rest))
    }
}

const fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b':' | b'.' | b'-' | b'_' | b'$' | b'/' | b'%' | b'~' | b'+' | b'*' | b'@' | b'#')
}

/// The first character that a name cannot have. `$ref` starts with a dollar sign against the grammar (erratum 8924).
fn fault_in_name(name: &str) -> Option<usize> {
    let body = name.strip_prefix('$').unwrap_or(name);
    if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Some(0);
    }
    name.bytes().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$')))
}

fn is_uri(schema: &str) -> bool {
    schema.contains(':') && schema.starts_with(|c: char| c.is_ascii_alphabetic()) && !schema.ends_with(':')
}

/// An attribute path looked up in the schemas of a resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ResolvedPath {
    /// The top-level attribute.
    pub attribute: AttributeId,
    pub sub_attribute: Option<AttributeId>,
}

impl ResolvedPath {
    /// The attribute that the path ends at.
    #[must_use]
    pub fn leaf(&self) -> AttributeId {
        self.sub_attribute.unwrap_or(self.attribute)
    }
}

/// What an attribute path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    Attribute(ResolvedPath),
    /// The bare URI of one of the resource type's schemas.
    Schema(SchemaId),
}

/// An attribute path that names nothing in the schemas of the resource type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownPath {
    #[error("{path}: {schema} is not a schema of resource type {resource_type}")]
    Schema { path: String, schema: String, resource_type: String },
    #[error("{path}: resource type {resource_type} has no attribute {attribute}")]
    Attribute { path: String, attribute: String, resource_type: String },
    #[error("{path}: an attribute of an extension is written with its schema: {full_name}")]
    BareExtension { path: String, full_name: String },
    #[error("{path}: {attribute} has no sub-attribute {sub_attribute}")]
    SubAttribute { path: String, attribute: String, sub_attribute: String },
}

/// Looks `path` up among the common, core and extension attributes of a resource type; names and URIs ignore case. An
/// attribute of an extension needs the extension's URI, unless [`Tolerance::ExtensionShortNames`] is on and no other
/// attribute has its name.
///
/// # Errors
/// The part of the path that is unknown.
pub fn resolve(
    registry: &Registry,
    resource_type: ResourceTypeId,
    path: &AttributePath,
    tolerances: &Tolerances,
) -> Result<Target, UnknownPath> {
    let type_name = || registry.resource_type(resource_type).document.name.clone();
    let of_extension = || {
        let extensions = &registry.resource_type(resource_type).extensions;
        let found = extensions.iter().find_map(|&(schema, _)| registry.find_in_schema(schema, &path.attribute));
        found.filter(|_| path.schema.is_none())
    };
    let unknown_attribute = || match of_extension() {
        Some(id) => UnknownPath::BareExtension { path: path.to_string(), full_name: registry.full_name(id) },
        None => UnknownPath::Attribute {
            path: path.to_string(),
            attribute: path.attribute.clone(),
            resource_type: type_name(),
        },
    };
    let schema_of_type =
        |uri: &str| registry.schema_id(uri).filter(|&id| registry.schemas_of(resource_type).any(|own| own == id));
    let attribute = match &path.schema {
        None => registry
            .find_attribute(resource_type, &path.attribute)
            .or_else(|| of_extension().filter(|_| tolerances.allows(Tolerance::ExtensionShortNames)))
            .ok_or_else(unknown_attribute)?,
        Some(uri) => {
            // The last part of a bare schema URI looks like an attribute; its version makes it look like `2.0`.
            if let Some(schema) = schema_of_type(&path.to_string()) {
                return Ok(Target::Schema(schema));
            }
            let schema = schema_of_type(uri).ok_or_else(|| UnknownPath::Schema {
                path: path.to_string(),
                // A bare URI of some other resource type's schema.
                schema: registry.schema_id(&path.to_string()).map_or_else(|| uri.clone(), |_| path.to_string()),
                resource_type: type_name(),
            })?;
            let is_core = schema == registry.resource_type(resource_type).schema;
            registry
                .find_in_schema(schema, &path.attribute)
                // Common attributes may be written with the core schema's URI.
                .or_else(|| is_core.then(|| registry.find_attribute(resource_type, &path.attribute)).flatten())
                .ok_or_else(unknown_attribute)?
        }
    };
    let Some(sub) = &path.sub_attribute else {
        return Ok(Target::Attribute(ResolvedPath { attribute, sub_attribute: None }));
    };
    let unknown_sub = || UnknownPath::SubAttribute {
        path: path.to_string(),
        attribute: registry.attribute(attribute).name.clone(),
        sub_attribute: sub.clone(),
    };
    if registry.attribute(attribute).attribute_type != AttributeType::Complex {
        return Err(unknown_sub());
    }
    let sub_attribute = registry.find_sub_attribute(attribute, sub).ok_or_else(unknown_sub)?;
    Ok(Target::Attribute(ResolvedPath { attribute, sub_attribute: Some(sub_attribute) }))
}

#[cfg(test)]
mod tests;
