//! The control API's ways to set a scene and to return to it: data, snapshots, the clock, another target, metrics, and the journal as
//! it happens.

use serde_json::{Value, json};
use weir_server::Config;

use crate::client::{Client, GROUP, USER, user};

fn people() -> Value {
    json!([
        {"schemas": [GROUP], "displayName": "Dykes", "members": [{"value": "00000000-0000-4000-8000-000000000001"}]},
        {"schemas": [USER], "id": "00000000-0000-4000-8000-000000000001", "userName": "bo", "password": "t1meMa$heen"},
        {"meta": {"resourceType": "User"}, "schemas": [USER], "userName": "ida"},
    ])
}

#[tokio::test]
async fn data_is_loaded_with_ids_and_members_and_read_back() {
    let client = Client::rfc();
    let loaded = client.control("POST", "data", &people().to_string()).await;
    assert_eq!((loaded.status, loaded.json()), (200, json!({ "loaded": 3 })));
    let bo = client.get("/Users/00000000-0000-4000-8000-000000000001").await.json();
    assert_eq!((&bo["userName"], &bo["groups"][0]["display"]), (&json!("bo"), &json!("Dykes")));
    assert!(bo.get("password").is_none());

    let data = client.control("GET", "data", "").await;
    assert!(!data.text.contains("t1meMa") && !data.text.contains("argon2"), "{}", data.text);
    let other = Client::rfc();
    assert_eq!(other.control("POST", "data", &data.text).await.json(), json!({ "loaded": 3 }));
    assert_eq!(other.get("/Users?count=0").await.json()["totalResults"], 2);
}

#[tokio::test]
async fn people_are_invented_once() {
    let client = Client::rfc();
    assert_eq!(client.control("POST", "people", r#"{"count": 25}"#).await.status, 204);
    assert_eq!(client.get("/Users?count=0").await.json()["totalResults"], 25);
    let everyone = client.get("/Groups?filter=displayName%20eq%20%22everyone%22").await.json();
    assert_eq!(everyone["Resources"][0]["members"].as_array().unwrap().len(), 25);
    assert_eq!(client.control("POST", "people", r#"{"count": 25}"#).await.error().0, 409, "they are there already");
    for body in ["", "{}", r#"{"count": 0}"#, r#"{"count": 99000000}"#, r#"{"count": "many"}"#] {
        assert_eq!(client.control("POST", "people", body).await.error().0, 400, "{body}");
    }
}

#[tokio::test]
async fn a_resource_that_cannot_be_loaded_is_named() {
    let client = Client::rfc();
    let twice = json!([user("bo"), user("BO")]).to_string();
    let nobody = json!([{"schemas": [GROUP], "displayName": "D", "members": [{"value": "nobody"}]}]).to_string();
    for (body, words) in [
        ("{", "JSON"),
        ("{}", "send a JSON list"),
        (r#"[{"userName": "bo"}]"#, "resource 1 of 1: neither meta.resourceType nor schemas"),
        (r#"[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}]"#, "resource 1 of 1: userName"),
        (&twice, "resource 2 of 2: "),
        (&nobody, "members of resource 1 of 1: "),
    ] {
        client.control("POST", "reset", "").await;
        let (status, _, detail) = client.control("POST", "data", body).await.error();
        assert!(status < 500 && detail.contains(words), "{body}: {detail}");
    }
    let stranger = client.control("POST", "data?application=nobody", "[]").await;
    assert_eq!(stranger.error().0, 404);
}

#[tokio::test]
async fn a_snapshot_brings_back_what_was_with_its_versions_and_accounts() {
    let client = Client::aquera("default");
    let bo = client.create_user("bo").await;
    let group = client.create_group("Dykes", &[&bo]).await;
    let before = client.get(&format!("/Users/{bo}")).await.json();
    assert_eq!(client.control("PUT", "snapshots/first", "").await.status, 204);

    assert_eq!(client.delete(&format!("/Users/{bo}")).await.status, 204);
    client.create_user("ida").await;
    for _ in 0..2 {
        assert_eq!(client.control("POST", "snapshots/first", "").await.status, 204);
        assert_eq!(client.get(&format!("/Users/{bo}")).await.json(), before);
        let dykes = client.get(&format!("/Groups/{group}")).await.json();
        assert_eq!(dykes["members"][0]["value"], json!(bo));
        let accounts = client.accounts("default").await;
        assert_eq!(
            (accounts["accounts"].as_array().unwrap().len(), &accounts["accounts"][0]["userName"]),
            (1, &json!("bo"))
        );
        client.control("POST", "reset", "").await;
    }
    assert_eq!(client.control("GET", "snapshots", "").await.json(), json!(["first"]));
    assert_eq!(client.control("DELETE", "snapshots/first", "").await.status, 204);
    for method in ["POST", "DELETE"] {
        assert_eq!(client.control(method, "snapshots/first", "").await.error().0, 404);
    }
}

#[tokio::test]
async fn the_clock_is_moved_forward_and_never_back() {
    let client = Client::rfc();
    let now = |reply: Value| reply["now"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let before = now(client.control("GET", "clock", "").await.json());
    let after = now(client.control("POST", "clock", r#"{"advance": "PT1H"}"#).await.json());
    assert!(after.duration_since(before) >= jiff::SignedDuration::from_hours(1));
    let bo = client.create_user("bo").await;
    let created = client.get(&format!("/Users/{bo}")).await.json()["meta"]["created"].as_str().unwrap().to_owned();
    assert!(created.parse::<jiff::Timestamp>().unwrap().duration_since(before) >= jiff::SignedDuration::from_hours(1));
    for body in ["", "{}", r#"{"advance": 5}"#, r#"{"advance": "-PT1H"}"#, r#"{"advance": "soon"}"#] {
        assert_eq!(client.control("POST", "clock", body).await.error().0, 400, "{body}");
    }
}

#[tokio::test]
async fn another_target_takes_over_with_its_own_applications() {
    let client = Client::start(Config { bearer: Some("t1ger".to_owned().into()), ..Config::rfc() });
    client.create_user("bo").await;
    let switched = client.control("PUT", "target", r#"{"target": "aquera"}"#).await.json();
    assert_eq!(switched["target"], "aquera");
    let first = &switched["applications"][0];
    assert_eq!(first["bearer"], "t1ger", "given credentials stay");
    let url = first["baseUrls"][0].as_str().unwrap();
    let list =
        client.send_bare("GET", &format!("{url}/Users"), &[("authorization", "Bearer t1ger")], "").await.unwrap();
    assert_eq!((list.status, &list.json()["totalResults"]), (200, &json!(0)), "resources went with the target");
    assert_eq!(client.get("/Users").await.error().0, 404, "the old base path is gone");
    assert!(!client.endpoint().journal().exchanges().is_empty(), "the journal goes on");

    let mine = json!({"name": "mine", "toml": include_str!("../../../fixtures/targets/rfc.toml")}).to_string();
    assert_eq!(client.control("PUT", "target", &mine).await.json()["target"], "mine");
    assert_eq!(client.get("/Users").await.status, 200);
    for body in ["", "{}", r#"{"target": "nope"}"#, r#"{"toml": "nonsense = 1"}"#] {
        assert_eq!(client.control("PUT", "target", body).await.error().0, 400, "{body}");
    }
    assert_eq!(client.control("GET", "target", "").await.json()["target"], "mine");
}

#[tokio::test]
async fn metrics_count_requests_and_resources() {
    let client = Client::rfc();
    client.create_user("bo").await;
    client.get("/Users/nobody").await;
    let metrics = client.control("GET", "metrics", "").await;
    assert!(metrics.header("content-type").starts_with("application/openmetrics-text"));
    for line in [
        r#"weir_requests_total{method="POST",status="201"} 1"#,
        r#"weir_requests_total{method="GET",status="404"} 1"#,
        "weir_request_seconds_count 2",
        r#"weir_resources{application="default",resource_type="User"} 1"#,
        r#"weir_resources{application="default",resource_type="Group"} 0"#,
        "# EOF",
    ] {
        assert!(metrics.text.lines().any(|own| own == line), "{line} in\n{}", metrics.text);
    }
}

#[tokio::test]
async fn the_journal_is_followed_as_it_happens() {
    let client = Client::rfc();
    let url = format!("{}/_weir/journal/events", client.endpoint().origin());
    let token = secrecy::ExposeSecret::expose_secret(client.endpoint().control_token()).to_owned();
    let mut stream = client.http.get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut text = String::new();
    let mut until = async |words: &str| {
        while !text.contains(words) {
            text.push_str(std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap());
        }
        text.clone()
    };
    until(": following\n\n").await;
    client.create_user("bo").await;
    let seen = until("\"status\":201").await;
    assert!(seen.contains("event: exchange\nid: 1\ndata: {\"number\":1,"), "{seen}");
    assert!(!seen.contains(&client.token), "a secret is in the events");
    let stranger = client.http.get(&url).send().await.unwrap();
    assert_eq!(stranger.status(), 401);
}
