use serde_json::{Value, json};

use crate::client::{Client, GROUP, USER};

const IAN: &str = "urn:ietf:params:scim:schemas:ian:2.0:User";

#[tokio::test]
async fn discovery_documents_are_whole_and_located() {
    for client in [Client::rfc(), Client::aquera("default")] {
        let config = client.get("/ServiceProviderConfig").await.json();
        assert_eq!(config["meta"]["location"], json!(format!("{}/ServiceProviderConfig", client.base)));
        for member in ["patch", "bulk", "filter", "changePassword", "sort", "etag"] {
            assert!(config[member]["supported"].is_boolean(), "{member}");
        }
        assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
        for (list, kind) in [("/ResourceTypes", "ResourceType"), ("/Schemas", "Schema")] {
            let reply = client.get(&format!("{list}?count=1&startIndex=2&sortBy=name")).await.json();
            let resources = reply["Resources"].as_array().unwrap();
            assert_eq!(reply["totalResults"], json!(resources.len()));
            assert!(resources.len() >= 2);
            for resource in resources {
                let location = resource["meta"]["location"].as_str().unwrap();
                assert_eq!(resource["meta"]["resourceType"], kind);
                let path = location.strip_prefix(&client.base).unwrap();
                assert_eq!(client.get(path).await.json(), *resource, "{location}");
            }
        }
    }
}

#[tokio::test]
async fn resource_types_name_schemas_that_are_there() {
    let client = Client::aquera("default");
    let kinds = client.get("/ResourceTypes").await.json();
    let kinds = kinds["Resources"].as_array().unwrap();
    assert_eq!(kinds.iter().map(|kind| &kind["schema"]).collect::<Vec<_>>(), [USER, GROUP]);
    let extensions: Vec<&str> =
        kinds[0]["schemaExtensions"].as_array().unwrap().iter().map(|own| own["schema"].as_str().unwrap()).collect();
    assert!(extensions.contains(&IAN), "{extensions:?}");
    for uri in [USER, GROUP].into_iter().chain(extensions) {
        let schema = client.get(&format!("/Schemas/{uri}")).await.json();
        assert_eq!(schema["id"], json!(uri));
        assert_eq!(client.get(&format!("/Schemas/{}", uri.to_uppercase())).await.json(), schema);
        assert!(schema["attributes"].as_array().unwrap().iter().all(|own| own["type"].is_string()));
    }
    assert_eq!(client.get("/ResourceTypes/User/").await.json(), kinds[0]);
}

#[tokio::test]
async fn what_the_configuration_publishes_is_what_an_application_does() {
    let supported = |config: &Value, member: &str| config[member]["supported"].as_bool().unwrap();
    let rfc = Client::rfc().get("/ServiceProviderConfig").await.json();
    assert!(["patch", "filter", "etag", "changePassword", "bulk", "sort"].iter().all(|member| supported(&rfc, member)));
    assert_eq!(rfc["pagination"]["cursor"], json!(true));
    // One boolean stands for groups and users.
    let aquera = Client::aquera("default").get("/ServiceProviderConfig").await.json();
    assert!(supported(&aquera, "patch"));
    assert!(!supported(&aquera, "sort"));
    assert!(aquera["pagination"].is_null());
}
