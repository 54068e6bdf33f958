//! Extensions and resource types that come from files.

use serde_json::{Value, json};
use weir_server::{Config, Target};

use crate::client::{Client, USER, encode, user};

const FILE: &str = include_str!("../../../fixtures/custom/device.json");
const DEVICE: &str = "urn:example:params:scim:schemas:core:2.0:Device";
const WARRANTY: &str = "urn:example:params:scim:schemas:extension:warranty:2.0:Device";
const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";

fn client() -> Client {
    let mut target = Target::rfc();
    target.add_schema_files(&[("device.json".into(), FILE.into())]).unwrap();
    Client::start(Config::new(target))
}

fn device(serial: &str) -> Value {
    json!({
        "schemas": [DEVICE, WARRANTY],
        "serialNumber": serial,
        "displayName": "Ada's laptop",
        "memory": 32,
        "addresses": [{"value": "192.0.2.7", "type": "wired", "primary": true}],
        (WARRANTY): {"until": "2031-02-28T00:00:00Z"},
    })
}

#[tokio::test]
async fn a_resource_type_from_a_file_has_its_endpoint_and_is_discovered() {
    let client = client();
    let kind = client.get("/ResourceTypes/Device").await.json();
    assert_eq!((&kind["endpoint"], &kind["schema"]), (&json!("/Devices"), &json!(DEVICE)));
    assert_eq!(client.get(&format!("/Schemas/{WARRANTY}")).await.json()["name"], "DeviceWarranty");

    let created = client.post("/Devices", &device("a")).await;
    assert_eq!(created.status, 201, "{created:?}");
    let location = created.header("location").to_owned();
    assert!(location.ends_with(&format!("/Devices/{}", created.id())), "{location}");
    let read = client.get(&format!("/Devices/{}", created.id())).await.json();
    assert_eq!(read, created.json());
    assert_eq!(read["meta"]["resourceType"], "Device");
    assert_eq!(read[WARRANTY]["until"], "2031-02-28T00:00:00Z");

    let path = format!("/Devices/{}", created.id());
    let patched = client.patch(&path, &json!([{"op": "replace", "path": "memory", "value": 64}])).await;
    assert_eq!(patched.status, 204, "{patched:?}");
    let filter = encode("memory gt 63 and addresses[type eq \"WIRED\"]");
    let found = client.get(&format!("/Devices?filter={filter}")).await.json();
    assert_eq!((&found["totalResults"], &found["Resources"][0]["memory"]), (&json!(1), &json!(64)));
    assert_eq!(client.delete(&path).await.status, 204);
    assert_eq!(client.get(&path).await.status, 404);
}

#[tokio::test]
async fn what_a_file_publishes_is_enforced() {
    let client = client();
    let created = client.post("/Devices", &device("a")).await;
    let with = |path: &str, value: Value| {
        let mut body = device("b");
        *body.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
        body
    };
    let without = |name: &str| {
        let mut body = device("b");
        body.as_object_mut().unwrap().remove(name);
        body
    };
    for (body, status, scim_type, words) in [
        (device("a"), 409, "uniqueness", "serialNumber"),
        (without("displayName"), 400, "invalidValue", "displayName is required"),
        (without(WARRANTY), 400, "invalidValue", "the extension urn:example:params:scim:schemas:extension:warranty"),
        (with("/memory", json!("32")), 400, "invalidValue", "memory: expected an integer"),
        (with("/addresses/0", json!({"type": "wired"})), 400, "invalidValue", "addresses.value is required"),
    ] {
        let refused = client.post("/Devices", &body).await;
        let (found, found_type, detail) = refused.error();
        assert_eq!((found, found_type.as_deref()), (status, Some(scim_type)), "{detail}");
        assert!(detail.contains(words), "{detail}");
    }
    let path = format!("/Devices/{}", created.id());
    let changed = client.patch(&path, &json!([{"op": "replace", "path": "serialNumber", "value": "z"}])).await;
    assert_eq!(changed.error().1.as_deref(), Some("mutability"));
    // Returned always.
    let sparse = client.get(&format!("{path}?attributes=memory")).await.json();
    assert_eq!((&sparse["serialNumber"], &sparse["displayName"]), (&json!("a"), &Value::Null));
}

#[tokio::test]
async fn an_extension_from_a_file_joins_the_type_that_its_uri_names() {
    let client = client();
    let badged = |name: &str| {
        let mut body = user(name);
        body["schemas"] = json!([USER, BADGE]);
        body[BADGE] = json!({"badge": "B-1"});
        body
    };
    let created = client.post("/Users", &badged("ada@example.com")).await;
    assert_eq!((created.status, &created.json()[BADGE]["badge"]), (201, &json!("B-1")));
    assert_eq!(client.post("/Users", &badged("bob@example.com")).await.error().1.as_deref(), Some("uniqueness"));
    assert_eq!(client.create_user("carol@example.com").await.len(), created.id().len());
}

#[test]
fn a_file_that_cannot_be_used_is_named_with_the_place_and_the_rule() {
    let mut target = Target::rfc();
    let wrong = FILE.replace(
        "\"type\": \"dateTime\", \"multiValued\": false, \"description\": \"When the",
        "\"type\": \"date\", \"description\": \"When the",
    );
    let error = target.add_schema_files(&[("device.json".into(), wrong)]).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!(
            "device.json, line 27, {WARRANTY}:until, type: unknown value \"date\"; did you mean \"dateTime\"?"
        )),
        "{error}"
    );
    assert!(target.registry().unwrap().resource_type_by_name("Device").is_none());
    let only_type = r#"{"name": "Car", "endpoint": "/Cars", "schema": "urn:example:Car"}"#;
    let error = target.add_schema_files(&[("car.json".into(), only_type.into())]).unwrap_err().to_string();
    assert!(
        error.starts_with("car.json, resource type Car: unknown schema \"urn:example:Car\"; use one of "),
        "{error}"
    );
}
