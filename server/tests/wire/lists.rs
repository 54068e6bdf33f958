use serde_json::{Value, json};

use crate::client::{Client, encode};

async fn names(client: &Client, query: &str) -> (Value, Vec<String>) {
    let reply = client.get(&format!("/Users{query}")).await;
    assert_eq!(reply.status, 200, "{query}: {reply:?}");
    let list = reply.json();
    assert_eq!(list["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    let resources = list["Resources"].as_array().unwrap();
    assert_eq!(list["itemsPerPage"], json!(resources.len()), "{query}");
    let names = resources.iter().map(|user| user["userName"].as_str().unwrap_or_default().to_owned()).collect();
    (list, names)
}

#[tokio::test]
async fn pages_go_by_position_in_the_order_of_creation() {
    let client = Client::rfc();
    for name in ["a", "b", "c", "d", "e"] {
        client.create_user(name).await;
    }
    for (query, start, expected) in [
        ("", 1, &["a", "b", "c", "d", "e"] as &[&str]),
        ("?", 1, &["a", "b", "c", "d", "e"]),
        ("?count=2", 1, &["a", "b"]),
        ("?startIndex=2&count=2", 2, &["b", "c"]),
        ("?startIndex=5&count=2", 5, &["e"]),
        ("?startIndex=6", 6, &[]),
        ("?startIndex=0&count=1", 1, &["a"]),
        ("?startIndex=-3&count=1&", 1, &["a"]),
        ("?count=0", 1, &[]),
        ("?count=-1", 1, &[]),
        ("?count=1000&foo=bar", 1, &["a", "b", "c", "d", "e"]),
    ] {
        let (list, names) = names(&client, query).await;
        assert_eq!((&list["totalResults"], &list["startIndex"]), (&json!(5), &json!(start)), "{query}");
        assert_eq!(names, expected, "{query}");
    }
}

#[tokio::test]
async fn a_list_is_never_longer_than_the_largest_page() {
    let mut config = weir_server::Config::rfc();
    config.target.max_results = 2;
    let client = Client::start(config);
    for name in ["a", "b", "c"] {
        client.create_user(name).await;
    }
    for query in ["", "?count=3"] {
        let (list, names) = names(&client, query).await;
        assert_eq!((names.len(), &list["totalResults"]), (2, &json!(3)), "{query}");
    }
    assert_eq!(client.get("/ServiceProviderConfig").await.json()["filter"]["maxResults"], 2);
}

#[tokio::test]
async fn a_filter_selects_and_its_total_counts_what_matches() {
    let client = Client::rfc();
    for name in ["anna", "arne", "bo", "a+b@example.com"] {
        client.create_user(name).await;
    }
    for (filter, expected) in [
        ("userName eq \"ANNA\"", &["anna"] as &[&str]),
        ("USERNAME Eq \"anna\"", &["anna"]),
        ("userName sw \"a\" and not (userName eq \"anna\")", &["arne", "a+b@example.com"]),
        ("userName eq \"a+b@example.com\"", &["a+b@example.com"]),
        ("userName eq \"nobody\"", &[]),
        ("title pr", &[]),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"bo\"", &["bo"]),
    ] {
        let (list, names) = names(&client, &format!("?filter={}", encode(filter))).await;
        assert_eq!((names.len(), &list["totalResults"]), (expected.len(), &json!(expected.len())), "{filter}");
        assert_eq!(names, expected, "{filter}");
    }
    let (list, _) = names(&client, &format!("?count=1&filter={}", encode("userName sw \"a\""))).await;
    assert_eq!(list["totalResults"], 3);
    // A raw plus is itself; the tolerance of another target reads it as a blank.
    let (_, raw) = names(&client, "?filter=userName%20eq%20%22a+b@example.com%22").await;
    assert_eq!(raw, ["a+b@example.com"]);
    let lenient = Client::aquera("default");
    lenient.create_user("bo").await;
    let (_, blank) = names(&lenient, "?filter=userName+eq+%22bo%22").await;
    assert_eq!(blank, ["bo"]);
}

#[tokio::test]
async fn projection_reaches_every_resource_of_a_list() {
    let client = Client::rfc();
    let id = client.create_user("anna").await;
    let reply = client.get("/Users?attributes=userName").await.json();
    assert_eq!(
        reply["Resources"],
        json!([{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": id, "userName": "anna" }])
    );
    let reply = client.get("/Users?excludedAttributes=userName,%20meta").await.json();
    assert!(reply["Resources"][0].get("meta").is_none() && reply["Resources"][0].get("userName").is_none());
}
