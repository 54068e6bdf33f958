//! The schemas and resource types of RFC 7643, and Aquera's extension, compiled in from `fixtures/schemas/`.

use super::{
    Attribute, AttributeType, Mutability, Registry, ResourceTypeDocument, Returned, SchemaDocument, SchemaError,
    SchemaExtension, Uniqueness,
};

/// The core User schema (RFC 7643 section 4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The core Group schema (RFC 7643 section 4.2).
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The Enterprise User extension (RFC 7643 section 4.3).
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The schema of `/ServiceProviderConfig` (RFC 7643 section 5).
pub const SERVICE_PROVIDER_CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
/// The schema of `/ResourceTypes` (RFC 7643 section 6).
pub const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
/// The schema of `/Schemas` (RFC 7643 section 7).
pub const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
/// Aquera's custom User schema, which Ping's consoles label `IANUser`.
pub const IAN_USER: &str = "urn:ietf:params:scim:schemas:ian:2.0:User";

/// An extension of our own with an attribute of every type and characteristic.
pub const GAUGE_USER: &str = "urn:example:params:scim:schemas:extension:gauge:2.0:User";

/// Every document under `fixtures/schemas/`, as (file name, text); a test holds the list to the folder.
pub const DOCUMENTS: &[(&str, &str)] = &[
    ("enterprise-user.json", include_str!("../../../fixtures/schemas/enterprise-user.json")),
    ("entra-user.json", include_str!("../../../fixtures/schemas/entra-user.json")),
    ("gauge-user.json", include_str!("../../../fixtures/schemas/gauge-user.json")),
    ("group.json", include_str!("../../../fixtures/schemas/group.json")),
    ("ian-user.json", include_str!("../../../fixtures/schemas/ian-user.json")),
    ("instrument.json", include_str!("../../../fixtures/schemas/instrument.json")),
    ("resource-type.json", include_str!("../../../fixtures/schemas/resource-type.json")),
    ("schema.json", include_str!("../../../fixtures/schemas/schema.json")),
    ("service-provider-config.json", include_str!("../../../fixtures/schemas/service-provider-config.json")),
    ("user.json", include_str!("../../../fixtures/schemas/user.json")),
];

/// A compiled-in schema by its URI.
///
/// # Errors
/// No such schema, or a document that breaks a rule (which the tests exclude).
pub fn document(uri: &str) -> Result<SchemaDocument, SchemaError> {
    for (_, text) in DOCUMENTS {
        let document = SchemaDocument::parse(text)?;
        if document.id == uri {
            return Ok(document);
        }
    }
    Err(SchemaError::new(format!("schema {uri}"), "it is not one of the schemas compiled in"))
}

/// The URIs of the compiled-in schemas.
#[must_use]
pub fn ids() -> Vec<String> {
    DOCUMENTS.iter().filter_map(|(_, text)| Some(SchemaDocument::parse(text).ok()?.id)).collect()
}

/// The resource type User at `/Users` with the given extensions, none of them required.
#[must_use]
pub fn user_resource_type(extensions: &[&str]) -> ResourceTypeDocument {
    ResourceTypeDocument {
        id: Some("User".into()),
        name: "User".into(),
        description: "A person's account".into(),
        endpoint: "/Users".into(),
        schema: USER.into(),
        schema_extensions: extensions
            .iter()
            .map(|&schema| SchemaExtension { schema: schema.into(), required: false })
            .collect(),
    }
}

/// The resource type Group at `/Groups`.
#[must_use]
pub fn group_resource_type() -> ResourceTypeDocument {
    ResourceTypeDocument {
        id: Some("Group".into()),
        name: "Group".into(),
        description: "A set of users and groups".into(),
        endpoint: "/Groups".into(),
        schema: GROUP.into(),
        schema_extensions: Vec::new(),
    }
}

/// A registry with User (and the named extensions of it), Group, and the schemas of discovery.
///
/// # Errors
/// An extension that is not compiled in.
pub fn registry(user_extensions: &[&str]) -> Result<Registry, SchemaError> {
    super::standard_definitions(user_extensions)?.registry()
}

/// The common attributes with the characteristics of RFC 7643 section 3.1, in the order of [`super::common`].
pub(super) fn common_attributes() -> SchemaDocument {
    let read_only = |name: &str, attribute_type: AttributeType| Attribute {
        name: name.into(),
        attribute_type,
        mutability: Mutability::ReadOnly,
        case_exact: attribute_type != AttributeType::DateTime,
        ..Attribute::default()
    };
    let meta = Attribute {
        sub_attributes: vec![
            read_only("resourceType", AttributeType::String),
            read_only("created", AttributeType::DateTime),
            read_only("lastModified", AttributeType::DateTime),
            Attribute { reference_types: vec!["uri".into()], ..read_only("location", AttributeType::Reference) },
            read_only("version", AttributeType::String),
        ],
        case_exact: false,
        ..read_only("meta", AttributeType::Complex)
    };
    SchemaDocument {
        id: String::new(),
        name: String::new(),
        description: "Attributes that every resource has (RFC 7643 section 3.1)".into(),
        attributes: vec![
            Attribute {
                name: "schemas".into(),
                attribute_type: AttributeType::Reference,
                multi_valued: true,
                required: true,
                case_exact: true,
                returned: Returned::Always,
                reference_types: vec!["uri".into()],
                ..Attribute::default()
            },
            Attribute {
                returned: Returned::Always,
                uniqueness: Uniqueness::Server,
                ..read_only("id", AttributeType::String)
            },
            Attribute { name: "externalId".into(), case_exact: true, ..Attribute::default() },
            meta,
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_and_folder_agree() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/schemas");
        let mut files: Vec<String> = std::fs::read_dir(&folder)
            .expect("the folder of schemas")
            .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"))
            .collect();
        files.sort();
        assert_eq!(files, DOCUMENTS.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
    }

    #[test]
    fn every_document_parses_and_the_registry_builds() {
        for (name, text) in DOCUMENTS {
            SchemaDocument::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let registry = registry(&[ENTERPRISE_USER, IAN_USER]).expect("the standard registry");
        assert!(registry.members().is_some() && registry.groups().is_some());
    }
}
