use serde_json::json;

use crate::client::{Client, USER};

#[tokio::test]
async fn a_password_is_taken_by_every_way_and_shown_by_none() {
    let client = Client::rfc();
    let body = json!({ "schemas": [USER], "userName": "bo", "password": "t1meMa$heen" });
    let created = client.post("/Users?attributes=userName,password", &body).await;
    assert_eq!(created.status, 201);
    let path = format!("/Users/{}", created.id());
    let put = client.put(&path, &body).await;
    assert_eq!(put.status, 200, "{put:?}");
    let patches = [
        json!([{ "op": "replace", "path": "password", "value": "an0ther" }]),
        json!([{ "op": "add", "value": { "password": "an0ther one" } }]),
        json!([{ "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:password", "value": "th1rd" }]),
        json!([
            { "op": "replace", "path": "password", "value": "overwr1tten" },
            { "op": "replace", "path": "password", "value": "f0urth" },
        ]),
    ];
    let mut etag = put.header("etag").to_owned();
    for operations in &patches {
        let reply = client.patch(&path, operations).await;
        assert_eq!(reply.status, 204, "{operations}: {reply:?}");
        assert_ne!(reply.header("etag"), etag, "{operations}");
        etag = reply.header("etag").to_owned();
    }
    // PUT without it leaves it, and nothing else has changed.
    let put = client.put(&path, &json!({ "schemas": [USER], "userName": "bo" })).await;
    assert_eq!(put.header("etag"), etag);
    for text in [created.text, put.text, client.get(&format!("{path}?attributes=password")).await.text] {
        assert!(!text.contains("assword") && !text.contains("argon2"), "{text}");
    }
    let journal = client.control("GET", "journal", "").await.text;
    for secret in ["t1meMa", "an0ther", "th1rd", "overwr1tten", "f0urth", &*client.token] {
        assert!(!journal.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_cannot_be_a_password_is_refused_without_repeating_it() {
    let client = Client::rfc();
    let body = json!({ "schemas": [USER], "userName": "bo", "password": "bell\u{7}s3cret" });
    let (status, scim_type, detail) = client.post("/Users", &body).await.error();
    assert_eq!((status, scim_type.as_deref()), (400, Some("invalidValue")));
    assert!(!detail.contains("s3cret"), "{detail}");
}
