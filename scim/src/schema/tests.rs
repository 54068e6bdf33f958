use std::fmt::Write as _;

use super::*;

const EXAMPLE: &str = "urn:example:params:scim:schemas:Example";

/// A schema document with the attributes written in `attributes`.
fn example(attributes: &str) -> String {
    format!(r#"{{"id": "{EXAMPLE}", "attributes": [{attributes}]}}"#)
}

fn kind(name: &str, endpoint: &str, schema: &str) -> ResourceTypeDocument {
    let text = format!(r#"{{"name": "{name}", "endpoint": "{endpoint}", "schema": "{schema}"}}"#);
    ResourceTypeDocument::parse(&text).unwrap()
}

#[test]
fn members_left_out_take_the_defaults_of_section_2_2() {
    let document = SchemaDocument::parse(&example(r#"{"name": "plain"}"#)).unwrap();
    let attribute = &document.attributes[0];
    assert_eq!(attribute.attribute_type, AttributeType::String);
    assert_eq!(attribute.mutability, Mutability::ReadWrite);
    assert_eq!(attribute.returned, Returned::Default);
    assert_eq!(attribute.uniqueness, Uniqueness::None);
    assert!(!attribute.multi_valued && !attribute.required && !attribute.case_exact);
    assert!(attribute.canonical_values.is_empty() && attribute.reference_types.is_empty());
}

#[test]
fn documents_survive_writing_and_reading() {
    for (name, text) in standard::DOCUMENTS {
        let document = SchemaDocument::parse(text).unwrap();
        let written = serde_json::to_string(&document).unwrap();
        assert_eq!(SchemaDocument::parse(&written).unwrap(), document, "{name}");
    }
}

#[test]
fn documents_that_break_a_rule_are_refused_with_the_place() {
    let mut refusals = String::new();
    for text in [
        "[]".to_owned(),
        "{".to_owned(),
        r#"{"attributes": []}"#.to_owned(),
        r#"{"id": "Example", "attributes": []}"#.to_owned(),
        r#"{"id": "urn:example:a b", "attributes": []}"#.to_owned(),
        example(r#"{"name": "9lives"}"#),
        example(r#"{"name": "a.b"}"#),
        example(r#"{"name": "a", "type": "text"}"#),
        example(r#"{"name": "a"}, {"name": "A"}"#),
        example(r#"{"name": "a", "type": "complex"}"#),
        example(r#"{"name": "a", "subAttributes": [{"name": "b"}]}"#),
        example(r#"{"name": "a", "type": "complex", "subAttributes": [{"name": "b"}, {"name": "B"}]}"#),
        example(
            r#"{"name": "a", "type": "complex", "subAttributes": [
                {"name": "b", "type": "complex", "subAttributes": [{"name": "c"}]}]}"#,
        ),
        example(r#"{"name": "a", "type": "reference"}"#),
    ] {
        writeln!(refusals, "{}", SchemaDocument::parse(&text).unwrap_err()).unwrap();
    }
    insta::assert_snapshot!(refusals, @r#"
    schema document: invalid length 0, expected struct SchemaDocument with 4 elements at line 1 column 2
    schema document: EOF while parsing an object at line 1 column 1
    schema document: missing field `id` at line 1 column 18
    schema "Example": a schema id is a URI such as urn:example:params:scim:schemas:extension:example:2.0:User
    schema "urn:example:a b": a schema id is a URI such as urn:example:params:scim:schemas:extension:example:2.0:User
    urn:example:params:scim:schemas:Example:9lives: an attribute name is a letter followed by letters, digits, $, - or _ (or $ref for a sub-attribute)
    urn:example:params:scim:schemas:Example:a.b: an attribute name is a letter followed by letters, digits, $, - or _ (or $ref for a sub-attribute)
    schema document: unknown variant `text`, expected one of `string`, `boolean`, `decimal`, `integer`, `dateTime`, `binary`, `reference`, `complex` at line 1 column 93
    urn:example:params:scim:schemas:Example:A: the name is defined twice; names are compared without case
    urn:example:params:scim:schemas:Example:a: a complex attribute needs subAttributes
    urn:example:params:scim:schemas:Example:a: only a complex attribute has subAttributes
    urn:example:params:scim:schemas:Example:a.B: the name is defined twice; names are compared without case
    urn:example:params:scim:schemas:Example:a.b: a sub-attribute cannot be complex (RFC 7643 section 2.3.8)
    urn:example:params:scim:schemas:Example:a: a reference attribute needs referenceTypes
    "#);
}

#[test]
fn an_endpoint_is_one_path_segment() {
    for endpoint in ["", "/", "Users", "/a/b", "/Users?", "https://example.com/Users"] {
        let text = format!(r#"{{"name": "User", "endpoint": "{endpoint}", "schema": "{EXAMPLE}"}}"#);
        let error = ResourceTypeDocument::parse(&text).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("resource type User: endpoint {endpoint:?} must be a slash and one path segment, such as /Users")
        );
    }
}

#[test]
fn a_registry_refuses_what_would_be_ambiguous() {
    let schema = || SchemaDocument::parse(&example(r#"{"name": "a"}"#)).unwrap();
    let common = SchemaDocument::parse(&example(r#"{"name": "ExternalID"}"#)).unwrap();
    let other_case = SchemaDocument { id: EXAMPLE.to_uppercase(), ..schema() };
    let mut extended = kind("A", "/A", EXAMPLE);
    extended.schema_extensions.push(SchemaExtension { schema: "urn:example:none".into(), required: true });
    let mut refusals = String::new();
    for (schemas, kinds) in [
        (vec![schema(), schema()], vec![]),
        (vec![schema(), other_case], vec![]),
        (vec![common], vec![]),
        (vec![schema()], vec![kind("A", "/A", "urn:example:none")]),
        (vec![schema()], vec![extended]),
        (vec![schema()], vec![kind("A", "/A", EXAMPLE), kind("a", "/B", EXAMPLE)]),
        (vec![schema()], vec![kind("A", "/A", EXAMPLE), kind("B", "/a", EXAMPLE)]),
    ] {
        writeln!(refusals, "{}", Registry::build(schemas, kinds).unwrap_err()).unwrap();
    }
    insta::assert_snapshot!(refusals, @r"
    schema urn:example:params:scim:schemas:Example: the schema is defined twice
    schema URN:EXAMPLE:PARAMS:SCIM:SCHEMAS:EXAMPLE: the schema is defined twice
    urn:example:params:scim:schemas:Example:ExternalID: this is a common attribute of every resource (RFC 7643 section 3.1); leave it out of the schema
    resource type A: its schema urn:example:none is not among the schemas
    resource type A: its schema urn:example:none is not among the schemas
    resource type a: name and endpoint must differ from those of other resource types
    resource type B: name and endpoint must differ from those of other resource types
    ");
}

#[test]
fn common_attributes_have_the_same_ids_in_every_registry() {
    let small = Registry::build(vec![SchemaDocument::parse(&example(r#"{"name": "a"}"#)).unwrap()], vec![]).unwrap();
    let large = standard::registry(&[standard::ENTERPRISE_USER, standard::IAN_USER]).unwrap();
    for registry in [small, large] {
        for (id, name) in [
            (common::SCHEMAS, "schemas"),
            (common::ID, "id"),
            (common::EXTERNAL_ID, "externalId"),
            (common::META, "meta"),
            (common::META_RESOURCE_TYPE, "meta.resourceType"),
            (common::META_CREATED, "meta.created"),
            (common::META_LAST_MODIFIED, "meta.lastModified"),
            (common::META_LOCATION, "meta.location"),
            (common::META_VERSION, "meta.version"),
        ] {
            assert_eq!(registry.full_name(id), name);
            assert_eq!(registry.definition(id).schema, common::SCHEMA);
        }
    }
}

#[test]
fn every_attribute_knows_its_place() {
    let registry = standard::registry(&[standard::ENTERPRISE_USER]).unwrap();
    let mut seen = 0;
    let schemas = std::iter::once(common::SCHEMA).chain(registry.schemas().map(|(id, _)| id));
    for schema in schemas {
        for &id in &registry.schema(schema).attributes {
            let definition = registry.definition(id);
            assert_eq!((definition.schema, definition.parent), (schema, None));
            assert_eq!(registry.find_in_schema(schema, &definition.attribute.name.to_uppercase()), Some(id));
            assert_eq!(definition.sub_attributes.len(), definition.attribute.sub_attributes.len());
            seen += 1;
            for &sub in &definition.sub_attributes {
                assert_eq!((registry.definition(sub).schema, registry.definition(sub).parent), (schema, Some(id)));
                assert_eq!(registry.find_sub_attribute(id, &registry.attribute(sub).name.to_uppercase()), Some(sub));
                seen += 1;
            }
        }
    }
    assert_eq!(seen, registry.attribute_count());
}

#[test]
fn resource_types_and_schemas_are_found() {
    let registry = standard::registry(&[standard::ENTERPRISE_USER]).unwrap();
    let user = registry.resource_type_by_name("User").unwrap();
    let group = registry.resource_type_by_name("Group").unwrap();
    assert_eq!(registry.resource_types().map(|(id, _)| id).collect::<Vec<_>>(), [user, group]);
    assert_eq!(registry.resource_type_by_endpoint("/Users"), Some(user));
    assert_eq!(registry.resource_type_by_endpoint("/users"), None);
    assert_eq!(registry.resource_type_by_name("user"), None);
    let schemas: Vec<_> =
        registry.schemas_of(user).map(|schema| registry.schema(schema).document.id.as_str()).collect();
    assert_eq!(schemas, ["", standard::USER, standard::ENTERPRISE_USER]);
    assert_eq!(registry.schema_id(&standard::USER.to_lowercase()), registry.schema_id(standard::USER));
    assert_eq!(registry.schema_id(standard::IAN_USER), None);
    assert_eq!(registry.schema_id(""), None, "the pseudo-schema has no URI");
    // Extension attributes need their URN; common ones do not.
    assert_eq!(registry.find_attribute(user, "department"), None);
    assert_eq!(registry.find_attribute(user, "ID"), Some(common::ID));
    assert_eq!(registry.find_attribute(group, "userName"), None);
    let members = registry.members().unwrap();
    assert_eq!(registry.find_attribute(group, "members"), Some(members));
    assert_eq!(registry.full_name(members), format!("{}:members", standard::GROUP));
    assert_eq!(registry.short_name(registry.find_sub_attribute(members, "$REF").unwrap()), "members.$ref");
    assert!(registry.groups().is_some());
}

#[test]
fn names_of_characteristics_are_those_of_schema_documents() {
    for kind in [
        AttributeType::String,
        AttributeType::Boolean,
        AttributeType::Decimal,
        AttributeType::Integer,
        AttributeType::DateTime,
        AttributeType::Binary,
        AttributeType::Reference,
        AttributeType::Complex,
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
    for mutability in [Mutability::ReadOnly, Mutability::ReadWrite, Mutability::Immutable, Mutability::WriteOnly] {
        assert_eq!(serde_json::to_value(mutability).unwrap(), mutability.as_str());
    }
    for returned in [Returned::Always, Returned::Never, Returned::Default, Returned::Request] {
        assert_eq!(serde_json::to_value(returned).unwrap(), returned.as_str());
    }
    for uniqueness in [Uniqueness::None, Uniqueness::Server, Uniqueness::Global] {
        assert_eq!(serde_json::to_value(uniqueness).unwrap(), uniqueness.as_str());
    }
}
