//! Resource types as they are published, and what is put in the place of what is missing or wrong there: the endpoint that answers, and
//! the core schema by the type's name.

use serde_json::Value;
use url::Url;
use weir_exchange::difference::at;
use weir_judge::{Provenance, ResourceType};

use super::document::Document;
use super::{GROUP, USER};
use crate::definition::{flag, list};

/// The resource types of a document, with a sentence about each thing that was guessed.
pub(super) struct ReadTypes {
    pub(super) types: Vec<ResourceType>,
    pub(super) guesses: Vec<String>,
}

/// Reads the resource types; where no entry can be read, `/Users` and `/Groups` are assumed.
pub(super) fn read_types(document: &Document, schemas: &Document, base: &Url) -> ReadTypes {
    let mut guesses = Vec::new();
    let types: Vec<_> =
        document.all_entries().iter().filter_map(|entry| read_type(entry, schemas, base, &mut guesses)).collect();
    let is_list =
        document.json().is_some_and(|json| json.is_array() || at(json, "Resources").is_some_and(Value::is_array));
    if !types.is_empty() || (is_list && document.all_entries().is_empty()) {
        return ReadTypes { types, guesses };
    }
    if document.json().is_some() {
        guesses.push("/ResourceTypes names no resource type that can be used; /Users and /Groups are assumed".into());
    }
    let assumed = |name: &str, endpoint: &str, schema: &str| ResourceType {
        name: name.into(),
        endpoint: endpoint.into(),
        schema: schema.into(),
        extensions: Vec::new(),
        required_extensions: Vec::new(),
        provenance: Provenance::Assumed,
    };
    ReadTypes { types: vec![assumed("User", "/Users", USER), assumed("Group", "/Groups", GROUP)], guesses }
}

fn read_type(entry: &Value, schemas: &Document, base: &Url, guesses: &mut Vec<String>) -> Option<ResourceType> {
    let text = |value: &Value, path: &str| {
        at(value, path).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let published = text(entry, "endpoint");
    let schema = text(entry, "schema");
    let name = text(entry, "name").or_else(|| {
        let name =
            text(entry, "id").or_else(|| name_of(schema.as_deref()?)).or_else(|| core_name(published.as_deref()?))?;
        guesses.push(format!("a resource type has no name; it is taken as {name}"));
        Some(name)
    })?;
    let endpoint = if let Some(published) = published {
        let relative = relative(&published, base);
        if format!("/{}", published.trim_start_matches('/')) != relative {
            guesses.push(format!("the endpoint of {name} is published as {published}; it is taken as {relative}"));
        }
        relative
    } else {
        let guess = format!("/{name}s");
        guesses.push(format!("the resource type {name} has no endpoint; it is taken as {guess}"));
        guess
    };
    let schema = if let Some(schema) = schema {
        schema
    } else {
        let guess = guessed_schema(&name, &endpoint, schemas)?;
        guesses.push(format!("the resource type {name} has no schema; it is taken as {guess}"));
        guess
    };
    let extensions = list(entry, "schemaExtensions");
    Some(ResourceType {
        extensions: extensions.iter().filter_map(|extension| text(extension, "schema")).collect(),
        required_extensions: extensions
            .iter()
            .filter(|extension| flag(extension, "required"))
            .filter_map(|extension| text(extension, "schema"))
            .collect(),
        provenance: Provenance::Published,
        name,
        endpoint,
        schema,
    })
}

/// The endpoint relative to the base URL (RFC 7643 section 6), also where it was published with the base path or as a whole URL.
fn relative(published: &str, base: &Url) -> String {
    let path = Url::parse(published).map_or_else(|_| published.to_owned(), |url| url.path().to_owned());
    let path = format!("/{}", path.trim_matches('/'));
    let below = base.path().trim_end_matches('/');
    let rest = path.strip_prefix(below).filter(|rest| !below.is_empty() && rest.starts_with('/'));
    rest.map_or_else(|| path.clone(), str::to_owned)
}

/// The last word of a schema's URI.
fn name_of(schema: &str) -> Option<String> {
    schema.rsplit(':').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

fn core_name(endpoint: &str) -> Option<String> {
    match endpoint.rsplit('/').next()? {
        "Users" => Some("User".to_owned()),
        "Groups" => Some("Group".to_owned()),
        _ => None,
    }
}

/// The schema of a type that names none: the core one by its name or endpoint, or the published one of that name.
fn guessed_schema(name: &str, endpoint: &str, schemas: &Document) -> Option<String> {
    match (name, endpoint) {
        ("User", _) | (_, "/Users") => return Some(USER.to_owned()),
        ("Group", _) | (_, "/Groups") => return Some(GROUP.to_owned()),
        _ => {}
    }
    let own = schemas.all_entries().iter().find(|schema| at(schema, "name").and_then(Value::as_str) == Some(name))?;
    at(own, "id").and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_relative_however_it_was_published() {
        let base: Url = "https://h/scim/v2".parse().unwrap();
        for (published, relative_to_base) in [
            ("/Users", "/Users"),
            ("Users", "/Users"),
            ("/Users/", "/Users"),
            ("/scim/v2/Users", "/Users"),
            ("https://h/scim/v2/Users", "/Users"),
            ("http://other/scim/v2/Users", "/Users"),
            ("/scim/v2users", "/scim/v2users"),
        ] {
            assert_eq!(relative(published, &base), relative_to_base, "{published}");
        }
    }
}
