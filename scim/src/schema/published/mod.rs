//! The documents of discovery as vendors publish them and projects keep them: single documents, what `/Schemas` and
//! `/ResourceTypes` answer, arrays, and files that hold several kinds.
//!
//! RFC 7643 section 8.7 says what a document must have. What is more is left out with a note that names it, and what is
//! written in another way but can mean one thing only is read so, with a note as well.

use std::fmt;

use serde_json::{Map, Value as Json};

use super::document::is_own_endpoint;
use super::{Definitions, ResourceTypeDocument, SchemaDocument, SchemaError, SchemaExtension, standard};
use crate::error::json_kind;

mod attribute;
mod completed;

use completed::completed;

type Members = Map<String, Json>;

/// What becomes of a part that cannot be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultyPart {
    /// The whole is refused, with the part and the rule.
    Refused,
    /// The part is left out with a note.
    LeftOut,
}

/// What was left out, or read in another way than it is written; `place` names schema and attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaNote {
    pub place: String,
    pub sentence: String,
}

impl fmt::Display for SchemaNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.sentence)
    }
}

/// What documents of discovery say.
#[derive(Clone, Debug)]
pub struct PublishedDocuments {
    pub definitions: Definitions,
    pub service_provider_config: Option<Members>,
    pub notes: Vec<SchemaNote>,
    faulty_part: FaultyPart,
}

impl PublishedDocuments {
    /// None.
    #[must_use]
    pub fn new(faulty_part: FaultyPart) -> Self {
        Self { definitions: Definitions::default(), service_provider_config: None, notes: Vec::new(), faulty_part }
    }

    /// Reads the JSON of one file or answer.
    ///
    /// # Errors
    /// Malformed JSON, or the first rule that a document breaks, with schema and attribute.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let json: Json = serde_json::from_str(text)
            .map_err(|error| SchemaError::new("the file", format!("it is not JSON: {error}")))?;
        let mut documents = Self::new(FaultyPart::Refused);
        documents.read(&json)?;
        Ok(documents)
    }

    /// Reads one file or answer, besides those that were read before.
    ///
    /// # Errors
    /// The first rule that a document breaks, with schema and attribute.
    pub fn read(&mut self, json: &Json) -> Result<(), SchemaError> {
        match json {
            Json::Array(documents) if documents.is_empty() => self.refuse("the file", "it is a list without entries"),
            Json::Array(documents) => documents.iter().try_for_each(|document| self.read(document)),
            Json::Object(members) => self.document(members),
            other => self.refuse("the file", format!("it is {}, and not a document", json_kind(other))),
        }
    }

    fn document(&mut self, members: &Members) -> Result<(), SchemaError> {
        // Some products show in a schema where its resources are.
        let is_schema =
            member(members, "attributes").is_some_and(Json::is_array) && member(members, "schema").is_none();
        if member(members, "endpoint").is_some() && !is_schema {
            return self.resource_type(members);
        }
        if member(members, "attributes").is_some() {
            return self.schema(members);
        }
        if is_service_provider_config(members) {
            if self.service_provider_config.replace(members.clone()).is_some() {
                self.note("ServiceProviderConfig", "there are several; the last one counts");
            }
            return Ok(());
        }
        // In a SCIM document `schemas` holds URIs, here it holds documents.
        let lists = ["schemas", "resourceTypes", "resourceType", "Resources", "serviceProviderConfig"];
        let inner: Vec<&Json> = lists.into_iter().filter_map(|name| member(members, name)).collect();
        let documents: Vec<&Json> = inner
            .iter()
            .flat_map(|value| value.as_array().map_or(std::slice::from_ref(*value), Vec::as_slice))
            .filter(|document| document.is_object())
            .collect();
        if documents.is_empty() {
            return self.refuse("the file", unknown_document(members));
        }
        documents.into_iter().try_for_each(|document| self.read(document))
    }

    fn schema(&mut self, members: &Members) -> Result<(), SchemaError> {
        let text = |name: &str| member(members, name).and_then(Json::as_str).unwrap_or_default().to_owned();
        let id = text("id");
        let place = if id.is_empty() { format!("schema {:?}", text("name")) } else { format!("schema {id}") };
        if is_of_discovery(&id) {
            self.note(place, "it describes discovery itself and stays as RFC 7643 has it");
            return Ok(());
        }
        let Some(Json::Array(definitions)) = member(members, "attributes") else {
            return self.refuse(place, "attributes must be an array of attribute definitions");
        };
        let mut unsaid = Vec::new();
        let definitions = match standard::document(&id) {
            Ok(standard) => completed(definitions, &standard.attributes, "", &mut unsaid),
            Err(_) => definitions.clone(),
        };
        if !unsaid.is_empty() {
            self.note(&*place, format!("it does not say {}; RFC 7643 does", unsaid.join(", ")));
        }
        let mut attributes = self.attributes(&id, ':', &definitions, 2)?;
        attributes.retain(|attribute| {
            let is_common = standard::common_attributes()
                .attributes
                .iter()
                .any(|common| common.name.eq_ignore_ascii_case(&attribute.name));
            if is_common {
                self.note(
                    format!("{id}:{}", attribute.name),
                    "every resource has this common attribute (RFC 7643 section 3.1); it is left out of the schema",
                );
            }
            !is_common
        });
        let document = SchemaDocument { name: text("name"), description: text("description"), attributes, id };
        if let Err(error) = document.validate() {
            return self.refuse(error.place, error.rule);
        }
        let own = &mut self.definitions.schemas;
        match own.iter_mut().find(|own| own.id.eq_ignore_ascii_case(&document.id)) {
            None => own.push(document),
            Some(own) if *own == document => {}
            Some(_) => return self.refuse(place, "it is defined twice, in different ways"),
        }
        Ok(())
    }

    fn resource_type(&mut self, members: &Members) -> Result<(), SchemaError> {
        let text = |name: &str| member(members, name).and_then(Json::as_str).map(str::to_owned);
        let endpoint = text("endpoint").unwrap_or_default();
        let name = text("name").or_else(|| text("id")).unwrap_or_else(|| endpoint.trim_start_matches('/').to_owned());
        let place = format!("resource type {name}");
        if let Some((name, other)) = ["name", "endpoint", "schema"]
            .into_iter()
            .find_map(|name| Some((name, member(members, name).filter(|value| !value.is_string())?)))
        {
            return self.refuse(place, format!("{name}: expected a string, got {}", json_kind(other)));
        }
        let Some(schema) = text("schema") else {
            return self.refuse(place, "schema is missing: the URI of its core schema");
        };
        let segment = endpoint.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if is_own_endpoint(segment) && schema.to_ascii_lowercase().starts_with("urn:ietf:params:scim:schemas:core:2.0:")
        {
            self.note(
                place,
                format!("its endpoint {endpoint} is one of SCIM's own (RFC 7644 section 3.2); it is left out"),
            );
            return Ok(());
        }
        let relative = format!("/{segment}");
        if relative != endpoint {
            self.note(place.clone(), format!("its endpoint {endpoint:?} is read as {relative}"));
        }
        let schema_extensions = self.extensions(&place, member(members, "schemaExtensions"))?;
        let document = ResourceTypeDocument {
            id: text("id"),
            name,
            description: text("description").unwrap_or_default(),
            endpoint: relative,
            schema,
            schema_extensions,
        };
        if let Err(error) = document.validate() {
            return self.refuse(error.place, error.rule);
        }
        let own = &mut self.definitions.resource_types;
        let is_same = |own: &&mut ResourceTypeDocument| {
            own.name.eq_ignore_ascii_case(&document.name) || own.endpoint == document.endpoint
        };
        match own.iter_mut().find(is_same) {
            None => own.push(document),
            Some(own) if *own == document => {}
            Some(own) => {
                let rule = format!("{} has its name or its endpoint already", own.name);
                return self.refuse(place, rule);
            }
        }
        Ok(())
    }

    fn extensions(&mut self, place: &str, list: Option<&Json>) -> Result<Vec<SchemaExtension>, SchemaError> {
        let entries = match list {
            None => return Ok(Vec::new()),
            Some(Json::Array(entries)) => entries.as_slice(),
            Some(one) => std::slice::from_ref(one),
        };
        let mut extensions: Vec<SchemaExtension> = Vec::with_capacity(entries.len());
        for entry in entries {
            let members = entry.as_object();
            let uri = entry.as_str().or_else(|| member(members?, "schema").and_then(Json::as_str));
            let Some(uri) = uri else {
                self.refuse(
                    place,
                    format!("schemaExtensions: {} is not an object with schema and required", json_kind(entry)),
                )?;
                continue;
            };
            if extensions.iter().any(|own| own.schema.eq_ignore_ascii_case(uri)) {
                self.note(place, format!("it names the extension {uri} twice"));
                continue;
            }
            let required = members.and_then(|members| member(members, "required"));
            let required = self.flag(place, "required", required)?;
            extensions.push(SchemaExtension { schema: uri.to_owned(), required });
        }
        Ok(extensions)
    }

    /// A boolean, of which some vendors make a text.
    fn flag(&mut self, place: &str, name: &str, value: Option<&Json>) -> Result<bool, SchemaError> {
        let Some(value) = value else { return Ok(false) };
        if let Some(flag) = value.as_bool() {
            return Ok(flag);
        }
        let flag = match value.as_str().map(str::to_ascii_lowercase).as_deref() {
            Some("true") => true,
            Some("false") => false,
            _ => {
                self.refuse(
                    place,
                    format!("{name}: invalid type: {} {}, expected a boolean", json_type(value), shown(value)),
                )?;
                return Ok(false);
            }
        };
        self.note(place, format!("{name} is a text; it is read as {flag}"));
        Ok(flag)
    }

    fn note(&mut self, place: impl Into<String>, sentence: impl Into<String>) {
        self.notes.push(SchemaNote { place: place.into(), sentence: sentence.into() });
    }

    /// Refuses the whole, or leaves the part at `place` out.
    fn refuse(&mut self, place: impl Into<String>, rule: impl Into<String>) -> Result<(), SchemaError> {
        let error = SchemaError::new(place, rule);
        match self.faulty_part {
            FaultyPart::Refused => Err(error),
            FaultyPart::LeftOut => {
                self.note(error.place, format!("left out: {}", error.rule));
                Ok(())
            }
        }
    }
}

/// A member whose name is compared without letter case (RFC 7643 section 2.1). Null counts as absent (section 2.5).
fn member<'m>(members: &'m Members, name: &str) -> Option<&'m Json> {
    let exact = members.get(name);
    let any_case = || members.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    exact.or_else(any_case).filter(|value| !value.is_null())
}

/// Whether it is the schema of one of the three documents of discovery.
fn is_of_discovery(id: &str) -> bool {
    [standard::SERVICE_PROVIDER_CONFIG, standard::RESOURCE_TYPE, standard::SCHEMA]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(id))
}

fn is_service_provider_config(members: &Members) -> bool {
    let names_it = member(members, "schemas").and_then(Json::as_array).is_some_and(|uris| {
        let is_own =
            |uri: &Json| uri.as_str().is_some_and(|uri| uri.eq_ignore_ascii_case(standard::SERVICE_PROVIDER_CONFIG));
        uris.iter().any(is_own)
    });
    let features = ["patch", "bulk", "filter", "sort", "etag", "changePassword"];
    let has = |name: &&str| member(members, name).is_some_and(Json::is_object);
    names_it || features.iter().filter(|name| has(name)).count() > 1
}

/// What a document is that nothing can be read from.
fn unknown_document(members: &Members) -> String {
    let texts = |name: &str| -> Vec<String> {
        let list = member(members, name).and_then(Json::as_array);
        list.into_iter().flatten().filter_map(|uri| Some(uri.as_str()?.to_ascii_lowercase())).collect()
    };
    let schemas = texts("schemas");
    if member(members, "Resources").is_some() {
        return "it is a list without entries".to_owned();
    }
    if schemas.iter().any(|uri| uri.ends_with(":error")) {
        let detail = member(members, "detail").map_or_else(String::new, |detail| format!(": {}", shown(detail)));
        return format!("it is an Error that an endpoint answered{detail}");
    }
    let names: Vec<String> = members.keys().take(5).map(|name| shown_text(&format!("{name:?}"))).collect();
    format!(
        "it is neither a Schema (id, attributes) nor a ResourceType (name, endpoint, schema), and holds none of them in \
         schemas, resourceTypes or Resources; it has {}",
        if names.is_empty() { "no members".to_owned() } else { names.join(", ") }
    )
}

/// A value as a message shows it, cut where it is long.
fn shown(value: &Json) -> String {
    shown_text(&value.to_string())
}

fn shown_text(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// As serde names it.
const fn json_type(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "sequence",
        Json::Object(_) => "map",
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
