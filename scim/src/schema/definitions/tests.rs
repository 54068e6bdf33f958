use serde_json::{Value as Json, json};

use super::*;
use crate::schema::PublishedDocuments;
use crate::schema::standard::{ENTERPRISE_USER, USER};

const DEVICE: &str = "urn:example:params:scim:schemas:core:2.0:Device";

fn device() -> Json {
    json!({"id": DEVICE, "name": "Device", "attributes": [{"name": "serial", "type": "string", "required": true}]})
}

fn kind() -> Json {
    json!({"name": "Device", "endpoint": "/Devices", "schema": DEVICE})
}

fn read(json: &Json) -> Definitions {
    PublishedDocuments::parse(&json.to_string()).unwrap().definitions
}

fn fail(json: &Json) -> String {
    let mut all = standard_definitions(&[]).unwrap();
    all.add(read(json)).and_then(|()| all.registry()).map(drop).unwrap_err().to_string()
}

#[test]
fn a_resource_type_gets_an_endpoint_and_an_extension_finds_its_resource_type() {
    let extension = "urn:example:params:scim:schemas:extension:badge:2.0:user";
    let badge = json!({"id": extension, "attributes": [{"name": "badge"}]});
    let file = json!({"schemas": [device(), badge], "resourceTypes": [kind()]});
    let mut all = standard_definitions(&[ENTERPRISE_USER]).unwrap();
    all.add(read(&file)).unwrap();
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
    all.add(read(&user)).unwrap();
    let registry = all.registry().unwrap();
    let user = registry.resource_type(registry.resource_type_by_name("User").unwrap());
    assert_eq!(user.extensions.iter().map(|(_, required)| *required).collect::<Vec<_>>(), [true]);
    assert_eq!(registry.resource_types().count(), 2);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    insta::assert_snapshot!([fail(&device()), fail(&kind())].join("\n"), @r"
    schema urn:example:params:scim:schemas:core:2.0:Device: no resource type has it; add a ResourceType document that names it as schema or in schemaExtensions, or let its id end in the resource type that it extends, such as urn:example:params:scim:schemas:core:2.0:Device:User
    resource type Device: its schema urn:example:params:scim:schemas:core:2.0:Device is not among the schemas
    ");
}
