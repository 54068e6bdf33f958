use serde_json::Value;
use weir_server::{Config, JournalMode};

use crate::client::Client;

#[tokio::test]
async fn the_journal_is_ndjson_without_credentials() {
    let client = Client::rfc();
    client.create_user("bo").await;
    let url = format!("{}/Users", client.base);
    client.send_bare("GET", &url, &[("authorization", "Basic c2VjcmV0OnNlY3JldA==")], "").await.unwrap();
    client.send_bare("GET", &format!("{}/elsewhere", client.endpoint().origin()), &[], "").await.unwrap();
    let reply = client.control("GET", "journal", "").await;
    assert_eq!(reply.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = reply.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let statuses: Vec<u64> = lines.iter().map(|line| line["answer"]["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [201, 401, 404]);
    assert!(lines[0]["request"]["body"].as_str().unwrap().contains("bo"));
    assert_eq!(lines[0]["application"], "default");
    assert!(reply.text.contains("Basic ***") && reply.text.contains("Bearer ***"));
    assert!(!reply.text.contains("c2VjcmV0") && !reply.text.contains(&client.token));
    assert_eq!(client.control("DELETE", "journal", "").await.status, 204);
    assert_eq!(client.control("GET", "journal", "").await.text, "");
}

#[tokio::test]
async fn a_follower_hears_of_each_exchange_as_it_happens() {
    let client = Client::start(Config { journal: JournalMode::Off, ..Config::rfc() });
    let mut follower = client.endpoint().journal().follow();
    client.get("/Users").await;
    let exchange = follower.recv().await.unwrap();
    assert_eq!((&*exchange.method, &*exchange.target, exchange.status), ("GET", "/scim/v2/Users", 200));
    assert!(client.endpoint().journal().exchanges().is_empty());
}

#[tokio::test]
async fn a_stopped_endpoint_is_gone_at_once() {
    let endpoint = weir_server::start(Config::rfc()).unwrap();
    let address = endpoint.address();
    let open = std::net::TcpStream::connect(address).unwrap();
    endpoint.stop();
    assert!(std::net::TcpStream::connect(address).is_err());
    drop(open);
}

#[test]
fn an_address_in_use_is_an_error_that_says_so() {
    let endpoint = weir_server::start(Config::rfc()).unwrap();
    let error = weir_server::start(Config { listen: endpoint.address(), ..Config::rfc() }).unwrap_err();
    assert!(error.to_string().contains("choose another address, or port 0"), "{error}");
}
