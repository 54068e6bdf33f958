use serde_json::json;

use crate::client::{Client, GROUP, USER, encode, user};

#[tokio::test]
async fn users_cannot_be_patched_and_groups_can() {
    let client = Client::aquera("default");
    let id = client.create_user("bo").await;
    let disable = json!([{ "op": "replace", "path": "active", "value": false }]);
    let reply = client.patch(&format!("/Users/{id}"), &disable).await;
    assert_eq!(reply.error().0, 501);
    // Refused before the body is looked at.
    assert_eq!(client.send("PATCH", "/Users/x", &[], Some("{")).await.error().0, 501);
    let group = client.create_group("Dykes", &[]).await;
    let add = json!([{ "op": "Add", "path": "members", "value": [{ "value": id }] }]);
    assert_eq!(client.patch(&format!("/Groups/{group}"), &add).await.status, 204);
    let options = client.send("OPTIONS", "/Users/x", &[], None).await;
    assert_eq!(options.header("allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
}

#[tokio::test]
async fn an_application_may_accept_user_patch() {
    let client = Client::aquera("accepts-user-patch");
    let path = format!("/Users/{}", client.create_user("bo").await);
    let disable = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    assert_eq!(client.patch(&path, &disable).await.status, 204);
    assert_eq!(client.get(&path).await.json()["active"], false);
}

#[tokio::test]
async fn a_group_filter_that_is_not_there_is_refused_and_the_whole_list_is_there() {
    let filter = format!("/Groups?filter={}", encode("displayName eq \"Dykes\""));
    let able = Client::aquera("default");
    able.create_group("Dykes", &[]).await;
    able.create_group("Locks", &[]).await;
    assert_eq!(able.get(&filter).await.json()["totalResults"], 1);
    let unable = able.application("no-group-filter");
    unable.create_group("Dykes", &[]).await;
    let (status, scim_type, _) = unable.get(&filter).await.error();
    assert_eq!((status, scim_type.as_deref()), (400, Some("invalidFilter")));
    assert_eq!(unable.get("/Groups?startIndex=1&count=1000").await.json()["totalResults"], 1);
    let users = format!("/Users?filter={}", encode("userName eq \"x\""));
    assert_eq!(unable.get(&users).await.status, 200);
}

#[tokio::test]
async fn groups_that_cannot_be_created_are_refused() {
    let client = Client::aquera("no-group-create");
    let reply = client.post("/Groups", &json!({ "schemas": [GROUP], "displayName": "Dykes" })).await;
    assert_eq!(reply.error().0, 501);
    assert_eq!(client.delete("/Groups/00000000-0000-7000-8000-000000000000").await.error().0, 501);
    client.create_user("bo").await;
}

#[tokio::test]
async fn put_merges_where_an_application_says_so() {
    let full = json!({ "schemas": [USER], "userName": "bo", "title": "Reeve", "nickName": "B" });
    let mut partial = user("bo");
    partial["nickName"] = json!(null);
    for (application, title) in [("default", None), ("merge-on-put", Some("Reeve"))] {
        let client = Client::aquera(application);
        let id = client.post("/Users", &full).await.id();
        let reply = client.put(&format!("/Users/{id}"), &partial).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        assert_eq!(reply.json().get("title").and_then(|title| title.as_str()), title, "{application}");
        assert!(reply.json().get("nickName").is_none(), "{application}");
    }
}

#[tokio::test]
async fn what_ping_sends_is_tolerated() {
    let client = Client::aquera("default");
    let twice = json!({
        "userName": "bo",
        "emails": [
            { "value": "bo@example.com", "type": "work", "primary": true },
            { "value": "bo@example.com", "type": "home", "primary": true },
        ],
        "urn:ietf:params:scim:schemas:ian:2.0:User": { "officeLocation": "Weir house" },
    });
    let reply = client.post("/Users", &twice).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let resource = reply.json();
    let primaries = resource["emails"].as_array().unwrap().iter().filter(|email| email["primary"] == true).count();
    assert_eq!(primaries, 1);
    assert_eq!(resource["urn:ietf:params:scim:schemas:ian:2.0:User"]["officeLocation"], "Weir house");
    for filter in ["username Eq \"bo\"", "userName eq bo"] {
        let reply = client.get(&format!("/Users?filter={}", encode(filter))).await.json();
        assert_eq!(reply["totalResults"], 1, "{filter}");
    }
    assert_eq!(client.get("/Users?count=-1").await.json()["Resources"].as_array().unwrap().len(), 1);
}
