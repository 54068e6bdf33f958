use serde_json::json;
use weir_server::Config;

use crate::client::Client;

#[tokio::test]
async fn the_control_api_wants_its_own_token_except_for_health() {
    let client = Client::rfc();
    let url = |path: &str| format!("{}/_weir/{path}", client.endpoint().origin());
    let application = format!("Bearer {}", client.token);
    for authorization in ["", "Bearer wrong", &application] {
        for path in ["journal", "deviations", "applications", "nothing"] {
            let reply = client.send_bare("GET", &url(path), &[("authorization", authorization)], "").await.unwrap();
            assert_eq!(reply.error().0, 401, "{path} {authorization}");
        }
    }
    let health = client.send_bare("GET", &url("health"), &[], "").await.unwrap();
    assert_eq!((health.status, health.json()), (200, json!({ "status": "up", "target": "rfc" })));
}

#[tokio::test]
async fn what_is_not_there_and_not_possible_is_said() {
    let client = Client::rfc();
    for (method, path, status) in [
        ("GET", "nothing", 404),
        ("GET", "", 404),
        ("GET", "applications/x/y", 404),
        ("GET", "applications/nobody/accounts", 404),
        ("GET", "reset", 405),
        ("POST", "journal", 405),
        ("DELETE", "applications/default/accounts", 405),
    ] {
        let reply = client.control(method, path, "").await;
        assert_eq!(reply.error().0, status, "{method} {path}");
        assert_eq!(reply.headers.contains_key("allow"), status == 405, "{method} {path}");
    }
}

#[tokio::test]
async fn reset_empties_everything() {
    let client = Client::rfc();
    let first = client.create_user("bo").await;
    assert_eq!(client.control("POST", "reset", "").await.status, 204);
    assert!(client.endpoint().journal().exchanges().is_empty());
    assert_eq!(client.get("/Users").await.json()["totalResults"], 0);
    assert_eq!(client.get(&format!("/Users/{first}")).await.status, 404);
}

#[tokio::test]
async fn deviations_are_read_and_set() {
    let client = Client::start(Config { deviations: vec!["put.creates".parse().unwrap()], ..Config::rfc() });
    assert_eq!(
        client.control("GET", "deviations", "").await.json(),
        json!({ "active": ["put.creates"], "acted": { "put.creates": 0 } })
    );
    for body in [r#"["write.answer-lost=every:2"]"#, r#"{"active":["write.answer-lost=every:2"]}"#] {
        let reply = client.control("PUT", "deviations", body).await;
        let expected = json!({ "active": ["write.answer-lost=every:2"], "acted": { "write.answer-lost": 0 } });
        assert_eq!(reply.json(), expected);
    }
    for body in ["", "{}", "[1]", r#"["nope"]"#, r#"["write.answer-lost=never"]"#] {
        assert_eq!(client.control("PUT", "deviations", body).await.error().0, 400, "{body}");
    }
    assert_eq!(client.control("PUT", "deviations", "[]").await.json(), json!({ "active": [], "acted": {} }));
}

#[tokio::test]
async fn applications_are_listed_with_what_they_offer() {
    let client = Client::aquera("default");
    let list = client.control("GET", "applications", "").await.json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), client.endpoint().applications().len());
    assert_eq!(list[0]["baseUrls"][0], json!(client.base));
    assert!(list.iter().all(|application| !application["description"].as_str().unwrap().is_empty()));
}

#[tokio::test]
async fn an_application_without_downstream_shows_its_resources() {
    let client = Client::rfc();
    let id = client.create_user("bo").await;
    client.create_group("Dykes", &[&id]).await;
    let accounts = client.accounts("default").await;
    assert_eq!(accounts["accounts"][0]["userName"], "bo");
    assert_eq!(accounts["groups"][0]["members"][0]["value"], json!(id));
}

#[tokio::test]
async fn an_endpoint_can_begin_with_invented_people() {
    let client = Client::start(Config { people: 25, ..Config::aquera() });
    assert_eq!(client.get("/Users").await.json()["totalResults"], 25);
    let accounts = client.accounts("default").await;
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 25);
    let sizes: Vec<usize> =
        accounts["groups"].as_array().unwrap().iter().map(|group| group["members"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [10, 25]);
    assert_eq!(client.application("merge-on-put").get("/Users").await.json()["totalResults"], 0);
}
