//! Schemas: attribute characteristics (RFC 7643 sections 2.2 and 7), schema and resource type documents, and the registry
//! that gives every attribute of an endpoint one small id.

mod attribute;
mod definitions;
mod document;
mod matching;
mod published;
mod registry;
pub mod standard;

pub use attribute::{Attribute, AttributeType, Mutability, Returned, Uniqueness};
pub use definitions::{Definitions, standard_definitions};
pub use document::{ResourceTypeDocument, SchemaDocument, SchemaError, SchemaExtension};
pub use matching::{comparison_key, matching_rule};
pub use published::{FaultyPart, PublishedDocuments, SchemaNote};
pub use registry::{AttributeId, Definition, Registry, ResourceType, ResourceTypeId, Schema, SchemaId, common};

#[cfg(test)]
mod tests;
