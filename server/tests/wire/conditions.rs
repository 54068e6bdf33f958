use serde_json::json;

use crate::client::{Client, patch_body, user};

#[tokio::test]
async fn a_change_needs_the_version_that_it_names() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let first = client.get(&path).await.header("etag").to_owned();
    let title = |title: &str| patch_body(&json!([{ "op": "add", "path": "title", "value": title }]));
    let body = user("bo").to_string();
    assert_eq!(client.send("PATCH", &path, &[("if-match", &first)], Some(&title("a"))).await.status, 204);
    let second = client.get(&path).await.header("etag").to_owned();
    for (method, body) in [("PUT", Some(&*body)), ("PATCH", Some(&*title("b"))), ("DELETE", None)] {
        for stale in [&*first, "W/\"nope\"", "\"\""] {
            let reply = client.send(method, &path, &[("if-match", stale)], body).await;
            assert_eq!(reply.error().0, 412, "{method} {stale}");
        }
        let reply = client.send(method, &path, &[("if-none-match", &second)], body).await;
        assert_eq!(reply.error().0, 412, "{method}");
        let reply = client.send(method, &path, &[("if-none-match", "*")], body).await;
        assert_eq!(reply.error().0, 412, "{method}");
    }
    assert_eq!(client.get(&path).await.json()["title"], "a");
    let both = format!("{first}, {second}");
    assert_eq!(client.send("PUT", &path, &[("if-match", &both)], Some(&body)).await.status, 200);
    assert_eq!(client.send("DELETE", &path, &[("if-match", "*")], None).await.status, 204);
}

#[tokio::test]
async fn an_unchanged_resource_is_304() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let etag = client.get(&path).await.header("etag").to_owned();
    for tags in [&*etag, "*", &format!("\"x\", {}", etag.trim_start_matches("W/"))] {
        let reply = client.send("GET", &path, &[("if-none-match", tags)], None).await;
        assert_eq!((reply.status, &*reply.text, reply.header("etag")), (304, "", &*etag), "{tags}");
    }
    client.patch(&path, &json!([{ "op": "add", "path": "title", "value": "x" }])).await;
    assert_eq!(client.send("GET", &path, &[("if-none-match", &etag)], None).await.status, 200);
    for (tags, status) in [(&*etag, 412), ("*", 200), ("\"x\"", 412)] {
        assert_eq!(client.send("GET", &path, &[("if-match", tags)], None).await.status, status, "{tags}");
    }
}

#[tokio::test]
async fn of_two_writers_with_one_version_one_wins() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let etag = client.get(&path).await.header("etag").to_owned();
    let write = async |title: &str| {
        let body = patch_body(&json!([{ "op": "add", "path": "title", "value": title }]));
        client.send("PATCH", &path, &[("if-match", &etag)], Some(&body)).await.status
    };
    let mut statuses: [u16; 4] = tokio::join!(write("a"), write("b"), write("c"), write("d")).into();
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 412, 412, 412]);
}
