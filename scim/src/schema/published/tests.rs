use serde_json::json;

use super::*;
use crate::schema::standard::{ENTERPRISE_USER, USER};
use crate::schema::{AttributeType, Mutability};

const DEVICE: &str = "urn:example:params:scim:schemas:core:2.0:Device";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

fn device() -> Json {
    json!({"id": DEVICE, "name": "Device", "attributes": [{"name": "serial", "type": "string", "required": true}]})
}

fn resource_type() -> Json {
    json!({"name": "Device", "endpoint": "/Devices", "schema": DEVICE})
}

fn config() -> Json {
    json!({"schemas": [standard::SERVICE_PROVIDER_CONFIG], "patch": {"supported": true}, "filter": {"supported": true}})
}

fn with(definition: &Json) -> Json {
    json!({"id": DEVICE, "attributes": [definition]})
}

fn read(json: &Json) -> PublishedDocuments {
    PublishedDocuments::parse(&json.to_string()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn lenient(json: &Json) -> PublishedDocuments {
    let mut documents = PublishedDocuments::new(FaultyPart::LeftOut);
    documents.read(json).unwrap();
    documents
}

fn fail(json: &Json) -> String {
    PublishedDocuments::parse(&json.to_string()).map(drop).unwrap_err().to_string()
}

fn notes(documents: &PublishedDocuments) -> Vec<String> {
    documents.notes.iter().map(ToString::to_string).collect()
}

#[test]
fn every_shape_of_a_file_is_read() {
    for (json, schemas, types, configs) in [
        (device(), 1, 0, 0),
        (resource_type(), 0, 1, 0),
        (config(), 0, 0, 1),
        (json!([device()]), 1, 0, 0),
        (json!([device(), resource_type(), config()]), 1, 1, 1),
        (json!([{"schemas": [LIST], "Resources": [device()]}, [resource_type()]]), 1, 1, 0),
        (json!({"schemas": [device()], "resourceTypes": [resource_type()]}), 1, 1, 0),
        (
            json!({"schemas": [device()], "resourceTypes": [resource_type()], "serviceProviderConfig": config()}),
            1,
            1,
            1,
        ),
        (json!({"schemas": [LIST], "totalResults": 1, "Resources": [device()]}), 1, 0, 0),
        (json!({"schemas": [LIST], "resources": [device(), resource_type()]}), 1, 1, 0),
        // The same document twice says nothing new.
        (json!([device(), device(), resource_type(), resource_type()]), 1, 1, 0),
    ] {
        let read = read(&json);
        let config = usize::from(read.service_provider_config.is_some());
        assert_eq!(
            (read.definitions.schemas.len(), read.definitions.resource_types.len(), config),
            (schemas, types, configs),
            "{json}"
        );
    }
}

#[test]
fn a_common_attribute_is_left_out_of_any_schema() {
    for schema in [DEVICE, USER, ENTERPRISE_USER] {
        for common in ["id", "ID", "externalId", "meta", "schemas"] {
            let attributes = json!([{"name": common, "type": "string"}, {"name": "serial"}]);
            let documents = read(&json!({"id": schema, "attributes": attributes}));
            let names: Vec<&str> =
                documents.definitions.schemas[0].attributes.iter().map(|own| own.name.as_str()).collect();
            assert_eq!(names, ["serial"], "{schema}:{common}");
            assert!(notes(&documents)[0].starts_with(&format!("{schema}:{common}: ")), "{:?}", notes(&documents));
        }
    }
}

#[test]
fn characteristics_are_read_in_any_letter_case() {
    for (name, words) in [
        ("type", &["string", "boolean", "decimal", "integer", "dateTime", "binary", "reference"][..]),
        ("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]),
        ("returned", &["always", "never", "default", "request"]),
        ("uniqueness", &["none", "server", "global"]),
    ] {
        for word in words {
            for spelling in [word.to_lowercase(), word.to_uppercase(), (*word).to_owned()] {
                let documents = read(&with(&json!({"name": "a", name: spelling})));
                let attribute = serde_json::to_value(&documents.definitions.schemas[0].attributes[0]).unwrap();
                assert_eq!(attribute[name], *word, "{spelling}");
                let is_noted =
                    notes(&documents).iter().any(|note| note.contains(&spelling) && note.contains("is read as"));
                assert_eq!(is_noted, spelling != *word, "{spelling}: {:?}", notes(&documents));
            }
        }
    }
    let complex = json!({"name": "a", "type": "COMPLEX", "subAttributes": [{"name": "b", "type": "DateTime"}]});
    let complex = &read(&with(&complex)).definitions.schemas[0].attributes[0];
    assert_eq!(complex.attribute_type, AttributeType::Complex);
    assert_eq!(complex.sub_attributes[0].attribute_type, AttributeType::DateTime);
}

#[test]
fn what_is_missing_or_more_is_no_reason_to_refuse() {
    let definition = json!({
        "NAME": "maker", "type": "reference", "mutability": null, "canonicalValues": null, "subAttributes": [],
        "multivalued": "True", "required": "false", "displayName": "Maker", "referenceTypes": null,
    });
    let documents = read(&with(&definition));
    let attribute = &documents.definitions.schemas[0].attributes[0];
    assert_eq!(
        (attribute.mutability, attribute.multi_valued, attribute.required),
        (Mutability::ReadWrite, true, false)
    );
    assert_eq!(attribute.reference_types, ["uri"]);
    insta::assert_snapshot!(notes(&documents).join("\n"), @r"
    urn:example:params:scim:schemas:core:2.0:Device:maker: it is a reference without referenceTypes; it may refer to any URI
    urn:example:params:scim:schemas:core:2.0:Device:maker: multiValued is a text; it is read as true
    urn:example:params:scim:schemas:core:2.0:Device:maker: required is a text; it is read as false
    ");
    let documents =
        read(&with(&json!({"name": "size", "canonicalValues": [1, true, "x", "x"], "subAttributes": [{"name": "a"}]})));
    assert_eq!(documents.definitions.schemas[0].attributes[0].canonical_values, ["1", "true", "x"]);
    assert!(notes(&documents)[0].contains("its subAttributes are left out"));
}

#[test]
fn a_listing_of_resource_types_may_hold_what_is_scims_own() {
    let own = |name: &str, endpoint: &str, schema: &str| json!({"name": name, "endpoint": endpoint, "schema": schema});
    let listing = json!({"schemas": [LIST], "Resources": [
        own("User", "/Users", USER),
        own("Me", "/Me", USER),
        own("Schema", "/Schemas", standard::SCHEMA),
        own("ResourceType", "https://scim.example.com/v2/ResourceTypes", standard::RESOURCE_TYPE),
        own("ServiceProviderConfig", "ServiceProviderConfig", standard::SERVICE_PROVIDER_CONFIG),
        own("Device", "https://scim.example.com/v2/Devices/", DEVICE),
    ]});
    let documents = read(&listing);
    let endpoints: Vec<&str> = documents.definitions.resource_types.iter().map(|own| own.endpoint.as_str()).collect();
    assert_eq!(endpoints, ["/Users", "/Devices"]);
    assert_eq!(documents.notes.len(), 5, "{:?}", notes(&documents));
    // A type of one's own there would be left out in silence.
    assert!(fail(&own("Device", "/Me", DEVICE)).contains("one of SCIM's own"));
    let extensions = json!([USER, {"schema": ENTERPRISE_USER, "required": "true"}, {"schema": ENTERPRISE_USER}]);
    let documents =
        read(&json!({"id": "Device", "endpoint": "Devices", "schema": DEVICE, "schemaExtensions": extensions}));
    let kind = &documents.definitions.resource_types[0];
    let extensions: Vec<(&str, bool)> =
        kind.schema_extensions.iter().map(|own| (own.schema.as_str(), own.required)).collect();
    assert_eq!((kind.name.as_str(), extensions), ("Device", vec![(USER, false), (ENTERPRISE_USER, true)]));
}

/// Each fault, and the attributes that are left when it is left out.
fn faults() -> Vec<(Json, usize)> {
    let two = |definition: Json| json!({"id": DEVICE, "attributes": [definition, {"name": "serial"}]});
    vec![
        (json!([]), 0),
        (json!(7), 0),
        (json!({}), 0),
        (json!({"schemas": [LIST], "totalResults": 0, "Resources": []}), 0),
        (json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401", "detail": "no token"}), 0),
        (json!({"schemas": [USER], "id": "7", "userName": "ada@example.com"}), 0),
        (json!({"id": DEVICE, "attributes": "none"}), 0),
        (json!({"attributes": [{"name": "serial"}]}), 0),
        (two(json!({"name": "a", "type": "text"})), 1),
        (two(json!({"name": "a", "mutability": "fixed"})), 2),
        (two(json!({"name": "a", "required": "yes"})), 2),
        (two(json!({"name": "9lives"})), 1),
        (two(json!({"name": "name.formatted"})), 1),
        (two(json!({"type": "string"})), 1),
        (two(json!({"name": "a", "type": "complex"})), 1),
        (two(json!({"name": "a", "type": "complex", "subAttributes": [{"name": "b", "type": "octets"}]})), 1),
        (
            two(json!({"name": "a", "type": "complex", "subAttributes": [
            {"name": "b", "type": "complex", "subAttributes": [{"name": "c"}]}, {"name": "d"}]})),
            2,
        ),
        (two(json!({"name": "a", "canonicalValues": [{"value": "x"}]})), 2),
        (two(json!({"name": "SERIAL"})), 1),
        (two(json!("serial")), 1),
        (json!([device(), with(&json!({"name": "other"}))]), 1),
        (json!([resource_type(), {"name": "Device", "endpoint": "/Others", "schema": DEVICE}]), 0),
        (json!({"name": "Device", "endpoint": "/", "schema": DEVICE}), 0),
        (json!({"name": "Device", "endpoint": 1, "schema": DEVICE}), 0),
        (json!({"name": "Device", "endpoint": "/Devices"}), 0),
        (json!({"name": "Device", "endpoint": "/Devices", "schema": DEVICE, "schemaExtensions": [7]}), 0),
    ]
}

#[test]
fn a_fault_is_refused_with_its_place_and_its_rule_or_left_out_with_a_note() {
    let mut refusals = Vec::new();
    for (json, left) in faults() {
        let refusal = fail(&json);
        let documents = lenient(&json);
        let attributes = documents.definitions.schemas.first().map_or(0, |schema| schema.attributes.len());
        assert_eq!(attributes, left, "{json}: {:?}", notes(&documents));
        assert!(notes(&documents).iter().any(|note| note.contains("left out: ")), "{json}: {:?}", notes(&documents));
        refusals.push(refusal.replace("urn:example:params:scim:schemas:core:2.0:", "…:"));
    }
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    the file: it is a list without entries
    the file: it is a number, and not a document
    the file: it is neither a Schema (id, attributes) nor a ResourceType (name, endpoint, schema), and holds none of them in schemas, resourceTypes or Resources; it has no members
    the file: it is a list without entries
    the file: it is an Error that an endpoint answered: "no token"
    the file: it is neither a Schema (id, attributes) nor a ResourceType (name, endpoint, schema), and holds none of them in schemas, resourceTypes or Resources; it has "schemas", "id", "userName"
    schema …:Device: attributes must be an array of attribute definitions
    schema "": a schema id is a URI such as urn:example:params:scim:schemas:extension:example:2.0:User
    …:Device:a: type: unknown variant `text`, expected one of `string`, `boolean`, `decimal`, `integer`, `dateTime`, `binary`, `reference`, `complex`
    …:Device:a: mutability: unknown variant `fixed`, expected one of `readOnly`, `readWrite`, `immutable`, `writeOnly`
    …:Device:a: required: invalid type: string "yes", expected a boolean
    …:Device:9lives: an attribute name is a letter followed by letters, digits, $, - or _ (or $ref for a sub-attribute)
    …:Device:name.formatted: an attribute name is a letter followed by letters, digits, $, - or _ (or $ref for a sub-attribute)
    …:Device: an attribute definition has no name (RFC 7643 section 7)
    …:Device:a: a complex attribute needs subAttributes
    …:Device:a.b: type: unknown variant `octets`, expected one of `string`, `boolean`, `decimal`, `integer`, `dateTime`, `binary`, `reference`, `complex`
    …:Device:a.b: a sub-attribute cannot be complex (RFC 7643 section 2.3.8)
    …:Device:a: canonicalValues: expected strings, got an object
    …:Device:serial: the name is defined twice; names are compared without case
    …:Device: "serial" is not an attribute definition (an object)
    schema …:Device: it is defined twice, in different ways
    resource type Device: Device has its name or its endpoint already
    resource type Device: endpoint "/" must be a slash and one path segment, such as /Users
    resource type Device: endpoint: expected a string, got a number
    resource type Device: schema is missing: the URI of its core schema
    resource type Device: schemaExtensions: a number is not an object with schema and required
    "#);
}

#[test]
fn the_documents_of_another_endpoint_of_our_own_are_read_without_a_note() {
    let standard: Vec<Json> = standard::DOCUMENTS.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    let documents = read(&json!({"schemas": [LIST], "Resources": standard}));
    let own: Vec<String> = notes(&documents);
    assert!(own.iter().all(|note| note.contains("describes discovery itself")), "{own:?}");
    assert_eq!(own.len(), 3);
    for schema in &documents.definitions.schemas {
        assert_eq!(*schema, standard::document(&schema.id).unwrap());
    }
}
