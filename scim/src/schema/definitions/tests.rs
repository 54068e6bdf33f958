use serde_json::json;

use super::*;
use crate::schema::standard::{ENTERPRISE_USER, USER};

const DEVICE: &str = "urn:example:params:scim:schemas:core:2.0:Device";

fn device() -> Json {
    json!({"id": DEVICE, "name": "Device", "attributes": [{"name": "serial", "type": "string", "required": true}]})
}

fn kind() -> Json {
    json!({"name": "Device", "endpoint": "/Devices", "schema": DEVICE})
}

fn fail(json: &Json) -> String {
    let mut all = standard_definitions(&[]).unwrap();
    let result = Definitions::parse(&json.to_string()).and_then(|more| all.add(more)).and_then(|()| all.registry());
    result.map(drop).unwrap_err().to_string()
}

#[test]
fn every_shape_of_a_file_is_read() {
    for (json, schemas, types) in [
        (device(), 1, 0),
        (kind(), 0, 1),
        (json!({"schemas": [device()], "resourceTypes": [kind()]}), 1, 1),
        (json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "Resources": [device()]}), 1, 0),
    ] {
        let read = Definitions::parse(&json.to_string()).unwrap();
        assert_eq!((read.schemas.len(), read.resource_types.len()), (schemas, types), "{json}");
    }
}

#[test]
fn a_resource_type_gets_an_endpoint_and_an_extension_finds_its_resource_type() {
    let extension = "urn:example:params:scim:schemas:extension:badge:2.0:user";
    let badge = json!({"id": extension, "attributes": [{"name": "badge"}]});
    let file = json!({"schemas": [device(), badge], "resourceTypes": [kind()]});
    let mut all = standard_definitions(&[ENTERPRISE_USER]).unwrap();
    all.add(Definitions::parse(&file.to_string()).unwrap()).unwrap();
    let registry = all.registry().unwrap();
    assert!(registry.resource_type_by_endpoint("/Devices").is_some());
    let user = registry.resource_type(registry.resource_type_by_name("User").unwrap());
    let extensions: Vec<_> = user.document.schema_extensions.iter().map(|own| own.schema.as_str()).collect();
    assert_eq!(extensions, [ENTERPRISE_USER, extension]);
}

#[test]
fn a_document_takes_the_place_of_the_one_it_repeats() {
    let user = json!({
        "name": "User", "endpoint": "/Users", "schema": USER,
        "schemaExtensions": [{"schema": ENTERPRISE_USER, "required": true}],
    });
    let mut all = standard_definitions(&[ENTERPRISE_USER]).unwrap();
    all.add(Definitions::parse(&user.to_string()).unwrap()).unwrap();
    let registry = all.registry().unwrap();
    let user = registry.resource_type(registry.resource_type_by_name("User").unwrap());
    assert_eq!(user.extensions.iter().map(|(_, required)| *required).collect::<Vec<_>>(), [true]);
    assert_eq!(registry.resource_types().count(), 2);
}

#[test]
fn mistakes_name_the_attribute_and_the_rule() {
    let with = |definition: Json| json!({"id": DEVICE, "attributes": [definition]});
    let errors = [
        fail(&json!({"id": DEVICE})),
        fail(&json!([device()])),
        fail(&device()),
        fail(&with(json!({"name": "serial", "type": "text"}))),
        fail(&with(json!({"name": "serial", "mutability": "fixed"}))),
        fail(&with(json!({"name": "serial", "required": "yes"}))),
        fail(&with(json!({"name": "9lives"}))),
        fail(&with(json!({"type": "string"}))),
        fail(&with(json!({"name": "slot", "type": "complex"}))),
        fail(&with(json!({"name": "slot", "type": "complex", "subAttributes": [{"name": "a", "type": "octets"}]}))),
        fail(&with(json!({"name": "maker", "type": "reference"}))),
        fail(
            &json!({"schemas": [device()], "resourceTypes": [{"name": "Device", "endpoint": "Devices", "schema": DEVICE}]}),
        ),
        fail(
            &json!({"schemas": [device()], "resourceTypes": [{"name": "Device", "endpoint": "/Me", "schema": DEVICE}]}),
        ),
        fail(&json!({"schemas": [device()], "resourceTypes": [{"name": "Device", "schema": DEVICE, "endpoint": 1}]})),
        fail(&kind()),
    ];
    insta::assert_snapshot!(errors.join("\n"), @r#"
    the file: it is neither a Schema document (id, attributes) nor a ResourceType document (name, endpoint, schema), and has no schemas or resourceTypes with such documents
    the file: it is neither a Schema document (id, attributes) nor a ResourceType document (name, endpoint, schema), and has no schemas or resourceTypes with such documents
    schema urn:example:params:scim:schemas:core:2.0:Device: no resource type has it; add a ResourceType document that names it as schema or in schemaExtensions, or let its id end in the resource type that it extends, such as urn:example:params:scim:schemas:core:2.0:Device:User
    urn:example:params:scim:schemas:core:2.0:Device:serial: type: unknown variant `text`, expected one of `string`, `boolean`, `decimal`, `integer`, `dateTime`, `binary`, `reference`, `complex`
    urn:example:params:scim:schemas:core:2.0:Device:serial: mutability: unknown variant `fixed`, expected one of `readOnly`, `readWrite`, `immutable`, `writeOnly`
    urn:example:params:scim:schemas:core:2.0:Device:serial: required: invalid type: string "yes", expected a boolean
    urn:example:params:scim:schemas:core:2.0:Device:9lives: an attribute name is a letter followed by letters, digits, $, - or _ (or $ref for a sub-attribute)
    urn:example:params:scim:schemas:core:2.0:Device: an attribute definition has no name (RFC 7643 section 7)
    urn:example:params:scim:schemas:core:2.0:Device:slot: a complex attribute needs subAttributes
    urn:example:params:scim:schemas:core:2.0:Device:slot.a: type: unknown variant `octets`, expected one of `string`, `boolean`, `decimal`, `integer`, `dateTime`, `binary`, `reference`, `complex`
    urn:example:params:scim:schemas:core:2.0:Device:maker: a reference attribute needs referenceTypes
    resource type Device: endpoint "Devices" must be a slash and one path segment, such as /Users
    resource type Device: endpoint "/Me" is one of SCIM's own (RFC 7644 section 3.2); choose another
    resource type "Device": invalid type: integer `1`, expected a string
    resource type Device: its schema urn:example:params:scim:schemas:core:2.0:Device is not among the schemas
    "#);
}
