//! The registry: every schema, resource type and attribute of one endpoint, each with a small id.
//!
//! It is immutable. An endpoint whose schemas change builds a new one, because stored resources refer to its ids.

use super::{Attribute, ResourceTypeDocument, SchemaDocument, SchemaError};

/// An attribute or sub-attribute of a [`Registry`]. Ascending ids follow the order of the schema documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeId(pub u16);

/// A schema of a [`Registry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemaId(pub u16);

/// A resource type of a [`Registry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceTypeId(pub u16);

/// The common attributes of RFC 7643 section 3.1, which every resource has and no schema document lists. Their ids are
/// the same in every registry.
pub mod common {
    use super::{AttributeId, SchemaId};

    /// The pseudo-schema that owns the common attributes; its URI is empty.
    pub const SCHEMA: SchemaId = SchemaId(0);
    pub const SCHEMAS: AttributeId = AttributeId(0);
    pub const ID: AttributeId = AttributeId(1);
    pub const EXTERNAL_ID: AttributeId = AttributeId(2);
    pub const META: AttributeId = AttributeId(3);
    pub const META_RESOURCE_TYPE: AttributeId = AttributeId(4);
    pub const META_CREATED: AttributeId = AttributeId(5);
    pub const META_LAST_MODIFIED: AttributeId = AttributeId(6);
    pub const META_LOCATION: AttributeId = AttributeId(7);
    pub const META_VERSION: AttributeId = AttributeId(8);
}

/// An attribute in its place.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The characteristics. `attribute.sub_attributes` repeats what `sub_attributes` refers to.
    pub attribute: Attribute,
    pub schema: SchemaId,
    /// The complex attribute that this one is a sub-attribute of.
    pub parent: Option<AttributeId>,
    /// The sub-attributes, in order; empty unless complex.
    pub sub_attributes: Vec<AttributeId>,
}

/// What the JSON writer needs of an attribute: apart from the rest, so that those of a whole answer stay in the cache.
#[derive(Clone, Debug)]
pub(crate) struct WriterAttribute {
    /// The beginning of a JSON member of this name, `"name":`.
    pub member: Box<[u8]>,
    pub schema: SchemaId,
    pub multi_valued: bool,
}

/// A schema in its place.
#[derive(Clone, Debug)]
pub struct Schema {
    pub document: SchemaDocument,
    /// The top-level attributes, in order.
    pub attributes: Vec<AttributeId>,
}

/// A resource type in its place.
#[derive(Clone, Debug)]
pub struct ResourceType {
    pub document: ResourceTypeDocument,
    pub schema: SchemaId,
    /// Each extension and whether a resource must have it.
    pub extensions: Vec<(SchemaId, bool)>,
}

/// Every schema, resource type and attribute of one endpoint, each with a small id. It is immutable: an endpoint whose
/// schemas change builds a new one, because stored resources refer to its ids.
#[derive(Clone, Debug)]
pub struct Registry {
    definitions: Vec<Definition>,
    /// By attribute, as the definitions.
    written: Vec<WriterAttribute>,
    schemas: Vec<Schema>,
    resource_types: Vec<ResourceType>,
}

impl Registry {
    /// Builds a registry; schemas that no resource type uses are kept, because `/Schemas` shows them.
    ///
    /// # Errors
    /// A broken rule of a document, a schema or resource type defined twice, a common attribute defined anew, a resource
    /// type whose schema is not among `schemas`, or more than 65,535 attributes.
    pub fn build(schemas: Vec<SchemaDocument>, resource_types: Vec<ResourceTypeDocument>) -> Result<Self, SchemaError> {
        let mut registry =
            Self { definitions: Vec::new(), written: Vec::new(), schemas: Vec::new(), resource_types: Vec::new() };
        registry.add_schema(super::standard::common_attributes())?;
        for document in schemas {
            document.validate()?;
            registry.refuse_common_names(&document)?;
            if registry.schema_id(&document.id).is_some() {
                return Err(SchemaError::new(format!("schema {}", document.id), "the schema is defined twice"));
            }
            registry.add_schema(document)?;
        }
        for document in resource_types {
            document.validate()?;
            registry.add_resource_type(document)?;
        }
        Ok(registry)
    }

    fn refuse_common_names(&self, document: &SchemaDocument) -> Result<(), SchemaError> {
        for attribute in &document.attributes {
            let is_common = self.schemas[0]
                .attributes
                .iter()
                .any(|&id| self.attribute(id).name.eq_ignore_ascii_case(&attribute.name));
            // The schemas of discovery (RFC 7643 sections 5 to 7) define `id` and `meta` themselves.
            if is_common && !document.id.starts_with("urn:ietf:params:scim:schemas:core:2.0:") {
                return Err(SchemaError::new(
                    format!("{}:{}", document.id, attribute.name),
                    "this is a common attribute of every resource (RFC 7643 section 3.1); leave it out of the schema",
                ));
            }
        }
        Ok(())
    }

    fn add_schema(&mut self, document: SchemaDocument) -> Result<(), SchemaError> {
        let schema = SchemaId(index(self.schemas.len())?);
        let mut attributes = Vec::with_capacity(document.attributes.len());
        for attribute in &document.attributes {
            let id = self.add_definition(attribute, schema, None)?;
            let mut sub_attributes = Vec::with_capacity(attribute.sub_attributes.len());
            for sub in &attribute.sub_attributes {
                sub_attributes.push(self.add_definition(sub, schema, Some(id))?);
            }
            self.definitions[usize::from(id.0)].sub_attributes = sub_attributes;
            attributes.push(id);
        }
        self.schemas.push(Schema { document, attributes });
        Ok(())
    }

    fn add_definition(
        &mut self,
        attribute: &Attribute,
        schema: SchemaId,
        parent: Option<AttributeId>,
    ) -> Result<AttributeId, SchemaError> {
        let id = AttributeId(index(self.definitions.len())?);
        let member = format!("{}:", serde_json::Value::from(attribute.name.as_str())).into_bytes();
        self.written.push(WriterAttribute { member: member.into(), schema, multi_valued: attribute.multi_valued });
        self.definitions.push(Definition { attribute: attribute.clone(), schema, parent, sub_attributes: Vec::new() });
        Ok(id)
    }

    fn add_resource_type(&mut self, document: ResourceTypeDocument) -> Result<(), SchemaError> {
        let place = format!("resource type {}", document.name);
        let taken = |other: &ResourceType| {
            other.document.name.eq_ignore_ascii_case(&document.name)
                || other.document.endpoint.eq_ignore_ascii_case(&document.endpoint)
        };
        if self.resource_types.iter().any(taken) {
            return Err(SchemaError::new(place, "name and endpoint must differ from those of other resource types"));
        }
        let find = |uri: &str| {
            self.schema_id(uri)
                .ok_or_else(|| SchemaError::new(place.clone(), format!("its schema {uri} is not among the schemas")))
        };
        let schema = find(&document.schema)?;
        let extensions = document
            .schema_extensions
            .iter()
            .map(|extension| Ok((find(&extension.schema)?, extension.required)))
            .collect::<Result<Vec<_>, SchemaError>>()?;
        self.resource_types.push(ResourceType { document, schema, extensions });
        Ok(())
    }

    /// The attribute with its place.
    #[must_use]
    pub fn definition(&self, id: AttributeId) -> &Definition {
        &self.definitions[usize::from(id.0)]
    }

    pub(crate) fn written(&self, id: AttributeId) -> &WriterAttribute {
        &self.written[usize::from(id.0)]
    }

    /// The characteristics of an attribute.
    #[must_use]
    pub fn attribute(&self, id: AttributeId) -> &Attribute {
        &self.definition(id).attribute
    }

    /// How many attributes and sub-attributes there are; ids are below it.
    #[must_use]
    pub fn attribute_count(&self) -> usize {
        self.definitions.len()
    }

    /// A schema by id.
    #[must_use]
    pub fn schema(&self, id: SchemaId) -> &Schema {
        &self.schemas[usize::from(id.0)]
    }

    /// Every schema with a URI, in the order they were given.
    pub fn schemas(&self) -> impl Iterator<Item = (SchemaId, &Schema)> {
        self.schemas.iter().enumerate().skip(1).map(|(index, schema)| (SchemaId(small(index)), schema))
    }

    /// A schema by its URI, compared without case (RFC 7644 section 3.10).
    #[must_use]
    pub fn schema_id(&self, uri: &str) -> Option<SchemaId> {
        self.schemas().find(|(_, schema)| schema.document.id.eq_ignore_ascii_case(uri)).map(|(id, _)| id)
    }

    /// A resource type by id.
    #[must_use]
    pub fn resource_type(&self, id: ResourceTypeId) -> &ResourceType {
        &self.resource_types[usize::from(id.0)]
    }

    /// Every resource type, in the order they were given.
    pub fn resource_types(&self) -> impl Iterator<Item = (ResourceTypeId, &ResourceType)> {
        self.resource_types.iter().enumerate().map(|(index, kind)| (ResourceTypeId(small(index)), kind))
    }

    /// A resource type by its name, exactly.
    #[must_use]
    pub fn resource_type_by_name(&self, name: &str) -> Option<ResourceTypeId> {
        self.resource_types().find(|(_, kind)| kind.document.name == name).map(|(id, _)| id)
    }

    /// A resource type by its endpoint (`/Users`), exactly.
    #[must_use]
    pub fn resource_type_by_endpoint(&self, endpoint: &str) -> Option<ResourceTypeId> {
        self.resource_types().find(|(_, kind)| kind.document.endpoint == endpoint).map(|(id, _)| id)
    }

    /// The schemas that a resource of this type can have attributes of: the common ones, the core schema, the extensions.
    pub fn schemas_of(&self, id: ResourceTypeId) -> impl Iterator<Item = SchemaId> + '_ {
        let kind = self.resource_type(id);
        [common::SCHEMA, kind.schema].into_iter().chain(kind.extensions.iter().map(|&(schema, _)| schema))
    }

    /// A top-level attribute of one schema by name, compared without case (RFC 7643 section 2.1).
    #[must_use]
    pub fn find_in_schema(&self, schema: SchemaId, name: &str) -> Option<AttributeId> {
        let attributes = &self.schema(schema).attributes;
        attributes.iter().copied().find(|&id| self.attribute(id).name.eq_ignore_ascii_case(name))
    }

    /// A sub-attribute by name, compared without case.
    #[must_use]
    pub fn find_sub_attribute(&self, parent: AttributeId, name: &str) -> Option<AttributeId> {
        let subs = &self.definition(parent).sub_attributes;
        subs.iter().copied().find(|&id| self.attribute(id).name.eq_ignore_ascii_case(name))
    }

    /// A common or core attribute of a resource type by its bare name; extension attributes need their URN.
    #[must_use]
    pub fn find_attribute(&self, resource_type: ResourceTypeId, name: &str) -> Option<AttributeId> {
        self.find_in_schema(common::SCHEMA, name)
            .or_else(|| self.find_in_schema(self.resource_type(resource_type).schema, name))
    }

    /// The full notation of an attribute (RFC 7644 section 3.10): `urn:…:User:name.givenName`, bare for common ones.
    #[must_use]
    pub fn full_name(&self, id: AttributeId) -> String {
        let definition = self.definition(id);
        let name = &definition.attribute.name;
        match definition.parent {
            Some(parent) => format!("{}.{name}", self.full_name(parent)),
            None if definition.schema == common::SCHEMA => name.clone(),
            None => format!("{}:{name}", self.schema(definition.schema).document.id),
        }
    }

    /// Short notation for messages: `name.givenName`, without the URN.
    #[must_use]
    pub fn short_name(&self, id: AttributeId) -> String {
        let definition = self.definition(id);
        match definition.parent {
            Some(parent) => format!("{}.{}", self.attribute(parent).name, definition.attribute.name),
            None => definition.attribute.name.clone(),
        }
    }

    /// `Group.members` of the standard Group schema, which the store keeps as a relation.
    #[must_use]
    pub fn members(&self) -> Option<AttributeId> {
        self.schema_id(super::standard::GROUP).and_then(|schema| self.find_in_schema(schema, "members"))
    }

    /// `User.groups` of the standard User schema, the reverse of [`Self::members`].
    #[must_use]
    pub fn groups(&self) -> Option<AttributeId> {
        self.schema_id(super::standard::USER).and_then(|schema| self.find_in_schema(schema, "groups"))
    }
}

fn index(length: usize) -> Result<u16, SchemaError> {
    u16::try_from(length).map_err(|_| SchemaError::new("schemas", "more than 65,535 attributes or schemas"))
}

/// Positions were checked by [`index`] when the entry was added.
fn small(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}
