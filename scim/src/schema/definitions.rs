//! Definitions: schemas and resource types that belong together, as files hold them and as a registry is built from.

use serde_json::{Map, Value as Json};

use super::{Attribute, Registry, ResourceTypeDocument, SchemaDocument, SchemaError, SchemaExtension, standard};

/// Schemas and resource types that belong together, as files hold them and as a registry is built from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    pub schemas: Vec<SchemaDocument>,
    pub resource_types: Vec<ResourceTypeDocument>,
}

impl Definitions {
    /// Reads JSON: a Schema document, a `ResourceType` document, both kinds under `schemas` and `resourceTypes`, or what
    /// `/Schemas` and `/ResourceTypes` answer.
    ///
    /// # Errors
    /// Malformed JSON, or the first rule that a document breaks, with schema and attribute.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        let json: Json = serde_json::from_str(text)
            .map_err(|error| SchemaError::new("the file", format!("it is not JSON: {error}")))?;
        let mut definitions = Self::default();
        definitions.read(&json)?;
        Ok(definitions)
    }

    fn read(&mut self, json: &Json) -> Result<(), SchemaError> {
        let unknown = || {
            SchemaError::new(
                "the file",
                "it is neither a Schema document (id, attributes) nor a ResourceType document (name, endpoint, schema), and \
                 has no schemas or resourceTypes with such documents",
            )
        };
        let members = json.as_object().ok_or_else(unknown)?;
        if members.contains_key("attributes") {
            self.schemas.push(schema(members)?);
        } else if members.contains_key("endpoint") {
            self.resource_types.push(resource_type(json)?);
        } else {
            // In a SCIM document `schemas` holds URIs, here it holds documents.
            let documents: Vec<&Json> = ["schemas", "resourceTypes", "Resources"]
                .into_iter()
                .filter_map(|name| members.get(name)?.as_array())
                .flatten()
                .filter(|document| document.is_object())
                .collect();
            if documents.is_empty() {
                return Err(unknown());
            }
            documents.into_iter().try_for_each(|document| self.read(document))?;
        }
        Ok(())
    }

    /// Adds the schemas that `kind` names, that are neither here nor in `more`, and that are compiled in.
    fn add_compiled_in(&mut self, kind: &ResourceTypeDocument, more: &[SchemaDocument]) {
        let named =
            std::iter::once(&kind.schema).chain(kind.schema_extensions.iter().map(|extension| &extension.schema));
        for uri in named {
            let is_known = |schema: &SchemaDocument| schema.id.eq_ignore_ascii_case(uri);
            if !self.schemas.iter().any(is_known)
                && !more.iter().any(is_known)
                && let Ok(document) = standard::document(uri)
            {
                self.schemas.push(document);
            }
        }
    }

    /// Adds `more`. A schema takes the place of one with the same id, and a resource type that of one with the same name. A
    /// schema of `more` that no resource type names extends, without being required, the resource type that the last
    /// segment of its id names, as in `urn:example:params:scim:schemas:extension:example:2.0:User`. A schema that is compiled
    /// in need not be given.
    ///
    /// # Errors
    /// A schema that no resource type names, and whose id ends in the name of none.
    pub fn add(&mut self, more: Self) -> Result<(), SchemaError> {
        for kind in more.resource_types {
            self.add_compiled_in(&kind, &more.schemas);
            match self.resource_types.iter_mut().find(|own| own.name.eq_ignore_ascii_case(&kind.name)) {
                Some(own) => *own = kind,
                None => self.resource_types.push(kind),
            }
        }
        for schema in more.schemas {
            if let Some(own) = self.schemas.iter_mut().find(|own| own.id.eq_ignore_ascii_case(&schema.id)) {
                *own = schema;
                continue;
            }
            self.attach(&schema)?;
            self.schemas.push(schema);
        }
        Ok(())
    }

    fn attach(&mut self, schema: &SchemaDocument) -> Result<(), SchemaError> {
        let names = |kind: &ResourceTypeDocument| {
            std::iter::once(&kind.schema)
                .chain(kind.schema_extensions.iter().map(|extension| &extension.schema))
                .any(|uri| uri.eq_ignore_ascii_case(&schema.id))
        };
        if self.resource_types.iter().any(names) {
            return Ok(());
        }
        let last = schema.id.rsplit(':').next().unwrap_or_default();
        let Some(kind) = self.resource_types.iter_mut().find(|kind| kind.name.eq_ignore_ascii_case(last)) else {
            return Err(SchemaError::new(
                format!("schema {}", schema.id),
                format!(
                    "no resource type has it; add a ResourceType document that names it as schema or in schemaExtensions, or \
                     let its id end in the resource type that it extends, such as {}:User",
                    schema.id
                ),
            ));
        };
        kind.schema_extensions.push(SchemaExtension { schema: schema.id.clone(), required: false });
        Ok(())
    }

    /// The registry of these definitions.
    ///
    /// # Errors
    /// See [`Registry::build`].
    pub fn registry(self) -> Result<Registry, SchemaError> {
        Registry::build(self.schemas, self.resource_types)
    }
}

/// Member by member, so that an error names the attribute and not a line of the file.
fn schema(members: &Map<String, Json>) -> Result<SchemaDocument, SchemaError> {
    let text = |name: &str| members.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
    let id = text("id");
    let place = format!("schema {id:?}");
    let attributes = members
        .get("attributes")
        .and_then(Json::as_array)
        .ok_or_else(|| SchemaError::new(place, "attributes must be an array of attribute definitions"))?;
    let attributes =
        attributes.iter().map(|definition| attribute(&id, ':', definition)).collect::<Result<Vec<_>, _>>()?;
    let document = SchemaDocument { name: text("name"), description: text("description"), attributes, id };
    document.validate()?;
    Ok(document)
}

fn attribute(parent: &str, separator: char, definition: &Json) -> Result<Attribute, SchemaError> {
    let mut members = definition
        .as_object()
        .cloned()
        .ok_or_else(|| SchemaError::new(parent, format!("{definition} is not an attribute definition (an object)")))?;
    let name = members
        .get("name")
        .and_then(Json::as_str)
        .ok_or_else(|| SchemaError::new(parent, "an attribute definition has no name (RFC 7643 section 7)"))?;
    let place = format!("{parent}{separator}{name}");
    let parts = match members.remove("subAttributes") {
        None | Some(Json::Null) => Vec::new(),
        Some(Json::Array(parts)) => parts,
        Some(_) => return Err(SchemaError::new(place, "subAttributes must be an array of attribute definitions")),
    };
    // Member by member again: the first that does not fit is the one to name.
    for (member, value) in &members {
        let alone = Json::Object(Map::from_iter([("name".into(), "a".into()), (member.clone(), value.clone())]));
        serde_json::from_value::<Attribute>(alone)
            .map_err(|error| SchemaError::new(place.clone(), format!("{member}: {error}")))?;
    }
    let mut read: Attribute = serde_json::from_value(Json::Object(members))
        .map_err(|error| SchemaError::new(place.clone(), error.to_string()))?;
    read.sub_attributes = parts.iter().map(|part| attribute(&place, '.', part)).collect::<Result<Vec<_>, _>>()?;
    Ok(read)
}

fn resource_type(json: &Json) -> Result<ResourceTypeDocument, SchemaError> {
    let name = json.get("name").and_then(Json::as_str).unwrap_or_default();
    let document: ResourceTypeDocument = serde_json::from_value(json.clone())
        .map_err(|error| SchemaError::new(format!("resource type {name:?}"), error.to_string()))?;
    document.validate()?;
    Ok(document)
}

/// The schemas and resource types of [`standard::registry`].
///
/// # Errors
/// An extension that is not compiled in.
pub fn standard_definitions(user_extensions: &[&str]) -> Result<Definitions, SchemaError> {
    let mut uris = vec![standard::USER, standard::GROUP];
    uris.extend(user_extensions);
    uris.extend([standard::SERVICE_PROVIDER_CONFIG, standard::RESOURCE_TYPE, standard::SCHEMA]);
    Ok(Definitions {
        schemas: uris.into_iter().map(standard::document).collect::<Result<Vec<_>, _>>()?,
        resource_types: vec![standard::user_resource_type(user_extensions), standard::group_resource_type()],
    })
}

#[cfg(test)]
mod tests;
