use serde_json::{Value, json};

use crate::client::{Client, GROUP, USER, user};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[tokio::test]
async fn a_user_lives_from_post_to_delete() {
    let client = Client::rfc();
    let body = json!({
        "schemas": [USER, ENTERPRISE],
        "id": "ignored",
        "userName": "anna.berg@example.com",
        "name": { "givenName": "Anna", "familyName": "Berg" },
        "emails": [{ "value": "anna.berg@example.com", "type": "work", "primary": true }],
        "active": true,
        ENTERPRISE: { "department": "Dykes" },
    });
    let created = client.post("/Users", &body).await;
    assert_eq!(created.status, 201);
    let resource = created.json();
    let id = created.id();
    let path = format!("/Users/{id}");
    let location = format!("{}{path}", client.base);
    assert_eq!(created.header("location"), location);
    assert_eq!(resource["meta"]["location"], json!(location));
    assert_eq!(resource["meta"]["version"], json!(created.header("etag")));
    assert_eq!(resource["meta"]["resourceType"], "User");
    assert_eq!(resource["schemas"], json!([USER, ENTERPRISE]));
    assert_eq!(created.header("content-type"), "application/scim+json");

    let read = client.get(&path).await;
    assert_eq!((read.status, read.json()), (200, resource.clone()));
    assert_eq!(read.header("etag"), created.header("etag"));

    let mut changed = resource.clone();
    changed["title"] = json!("Dyke reeve");
    changed.as_object_mut().unwrap().shift_remove("emails");
    let replaced = client.put(&path, &changed).await;
    assert_eq!(replaced.status, 200, "{replaced:?}");
    assert_eq!(replaced.json()["title"], "Dyke reeve");
    assert!(replaced.json().get("emails").is_none());
    assert_ne!(replaced.header("etag"), created.header("etag"));

    let patched = client.patch(&path, &json!([{ "op": "replace", "path": "active", "value": false }])).await;
    assert_eq!((patched.status, &*patched.text), (204, ""));
    let read = client.get(&path).await;
    assert_eq!(read.json()["active"], false);
    assert_eq!(read.header("etag"), patched.header("etag"));

    let deleted = client.delete(&path).await;
    assert_eq!((deleted.status, &*deleted.text), (204, ""));
    for (method, body) in [("GET", None), ("PUT", Some(changed.to_string())), ("DELETE", None)] {
        let reply = client.send(method, &path, &[], body.as_deref()).await;
        assert_eq!(reply.error().0, 404, "{method}");
    }
    assert_eq!(client.post("/Users", &body).await.status, 201);
}

#[tokio::test]
async fn patch_answers_with_the_attributes_that_were_asked_for() {
    let client = Client::rfc();
    let id = client.create_user("bo").await;
    let operations = json!([{ "op": "add", "path": "nickName", "value": "B" }]);
    let reply = client.patch(&format!("/Users/{id}?attributes=nickName"), &operations).await;
    assert_eq!((reply.status, reply.json()), (200, json!({ "schemas": [USER], "id": id, "nickName": "B" })));
    let reply = client.patch(&format!("/Users/{id}?excludedAttributes=nickName"), &operations).await;
    assert_eq!(reply.status, 204);
}

#[tokio::test]
async fn a_change_that_changes_nothing_leaves_the_version() {
    let client = Client::rfc();
    let id = client.create_user("bo").await;
    let path = format!("/Users/{id}");
    let before = client.get(&path).await;
    let reply = client.put(&path, &user("bo")).await;
    assert_eq!((reply.status, reply.header("etag")), (200, before.header("etag")));
    let operations = json!([{ "op": "add", "path": "userName", "value": "bo" }]);
    assert_eq!(client.patch(&path, &operations).await.header("etag"), before.header("etag"));
}

#[tokio::test]
async fn a_failing_patch_changes_nothing() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let before = client.get(&path).await.json();
    let operations =
        json!([{ "op": "add", "path": "title", "value": "x" }, { "op": "replace", "path": "id", "value": "y" }]);
    let reply = client.patch(&path, &operations).await;
    assert_eq!(reply.error().1.as_deref(), Some("mutability"));
    assert_eq!(client.get(&path).await.json(), before);
}

#[tokio::test]
async fn required_attributes_stay_required_in_put_and_patch() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let reply = client.put(&path, &json!({ "schemas": [USER], "title": "x" })).await;
    assert_eq!(reply.error().1.as_deref(), Some("invalidValue"));
    let reply = client.patch(&path, &json!([{ "op": "replace", "path": "userName", "value": "" }])).await;
    assert_eq!(reply.error().0, 400);
}

#[tokio::test]
async fn a_group_shows_its_members_and_users_their_groups() {
    let client = Client::rfc();
    let (anna, bo) = (client.create_user("anna").await, client.create_user("bo").await);
    let group = client.create_group("Dykes", &[&anna]).await;
    let path = format!("/Groups/{group}");
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": bo }] }]);
    assert_eq!(client.patch(&path, &add).await.status, 204);
    let read = client.get(&path).await.json();
    let members: Vec<&str> = read["members"].as_array().unwrap().iter().map(|m| m["value"].as_str().unwrap()).collect();
    assert_eq!(members, [&*anna, &*bo]);
    assert_eq!(read["members"][0]["$ref"], json!(format!("{}/Users/{anna}", client.base)));
    let groups = client.get(&format!("/Users/{bo}")).await.json()["groups"].clone();
    assert_eq!((&groups[0]["value"], &groups[0]["display"]), (&json!(group), &json!("Dykes")));
    assert!(client.get(&format!("{path}?excludedAttributes=members")).await.json().get("members").is_none());

    let remove = json!([{ "op": "remove", "path": format!("members[value eq \"{anna}\"]") }]);
    assert_eq!(client.patch(&path, &remove).await.status, 204);
    assert_eq!(client.delete(&format!("/Users/{bo}")).await.status, 204);
    assert!(client.get(&path).await.json().get("members").is_none());
    assert_eq!(client.put(&path, &json!({ "schemas": [GROUP], "displayName": "Locks" })).await.status, 200);
}

#[tokio::test]
async fn an_id_is_looked_up_within_its_own_type() {
    let client = Client::rfc();
    let id = client.create_user("bo").await;
    assert_eq!(client.get(&format!("/Groups/{id}")).await.error().0, 404);
    assert_eq!(client.delete(&format!("/Groups/{id}")).await.error().0, 404);
}

#[tokio::test]
async fn head_and_options_say_what_get_would_and_what_is_possible() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let get = client.get(&path).await;
    let head = client.send("HEAD", &path, &[], None).await;
    assert_eq!((head.status, &*head.text), (200, ""));
    assert_eq!(head.header("etag"), get.header("etag"));
    assert_eq!(head.header("content-length"), get.text.len().to_string());
    for (path, allow) in [
        (&*path, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("/Users", "GET, HEAD, POST, OPTIONS"),
        ("/Schemas", "GET, HEAD, OPTIONS"),
        ("/Bulk", "POST, OPTIONS"),
    ] {
        let reply = client.send("OPTIONS", path, &[], None).await;
        assert_eq!((reply.status, reply.header("allow")), (204, allow), "{path}");
    }
}

#[tokio::test]
async fn locations_follow_the_base_url_that_the_client_uses() {
    let client = Client::aquera("default");
    let user = client.create_user("bo").await;
    let urls = client.endpoint().applications()[0].base_urls.clone();
    assert_eq!(urls.len(), 4);
    for base in urls {
        for base in [base.clone(), format!("{base}/")] {
            let client = Client { base: base.clone(), ..client.clone() };
            let reply = client.get(&format!("/Users/{user}")).await;
            let expected = format!("{}/Users/{user}", base.trim_end_matches('/'));
            assert_eq!((reply.status, reply.json()["meta"]["location"].as_str()), (200, Some(&*expected)), "{base}");
        }
    }
}

#[tokio::test]
async fn a_manager_given_by_id_gets_its_reference_and_one_of_the_clients_own_stays() {
    let client = Client::rfc();
    let boss = client.create_user("boss@example.com").await;
    for (manager, reference) in [
        (json!({"value": boss}), json!(format!("{}/Users/{boss}", client.base))),
        (json!({"value": boss, "$ref": "https://example.com/boss"}), json!("https://example.com/boss")),
        (json!({"value": "26118915"}), Value::Null),
    ] {
        let mut body = user(&format!("{}@example.com", manager.to_string().len()));
        body["schemas"] = json!([USER, ENTERPRISE]);
        body[ENTERPRISE] = json!({"manager": manager});
        let created = client.post("/Users", &body).await;
        assert_eq!(created.status, 201, "{created:?}");
        assert_eq!(created.json()[ENTERPRISE]["manager"]["$ref"], reference, "{created:?}");
        assert_eq!(created.json()[ENTERPRISE]["manager"]["value"], manager["value"]);
        let filter = crate::client::encode(&format!("{ENTERPRISE}:manager.value eq {}", manager["value"]));
        assert_ne!(client.get(&format!("/Users?filter={filter}")).await.json()["totalResults"], 0);
    }
}

#[tokio::test]
async fn a_manager_has_a_reference_and_the_present_name_of_the_user() {
    let client = Client::rfc();
    let boss = client.create_user("boss").await;
    let manager = |value: &str| json!({"schemas": [USER, ENTERPRISE], "userName": "bo", ENTERPRISE: {"manager": {"value": value}}});
    let bo = client.post("/Users", &manager(&boss)).await;
    let shown = |reply: &crate::client::Reply| reply.json()[ENTERPRISE]["manager"].clone();
    let reference = format!("{}/Users/{boss}", client.base);
    assert_eq!(shown(&bo), json!({"value": boss, "$ref": reference, "displayName": "boss"}));
    client.patch(&format!("/Users/{boss}"), &json!([{"op": "add", "path": "displayName", "value": "The Boss"}])).await;
    let path = format!("/Users/{}", bo.id());
    assert_eq!(shown(&client.get(&path).await)["displayName"], "The Boss");
    client.delete(&format!("/Users/{boss}")).await;
    assert_eq!(shown(&client.get(&path).await), json!({"value": boss, "$ref": reference}));
    let stranger = client.put(&path, &manager("employee-7")).await;
    assert_eq!(shown(&stranger), json!({"value": "employee-7"}));
}

#[tokio::test]
async fn resources_are_found_by_their_schemas() {
    let client = Client::rfc();
    client.create_user("plain").await;
    client
        .post("/Users", &json!({"schemas": [USER, ENTERPRISE], "userName": "bo", ENTERPRISE: {"department": "Dykes"}}))
        .await;
    for (filter, expected) in [
        (format!("schemas eq \"{ENTERPRISE}\""), 1),
        (format!("not (schemas eq \"{ENTERPRISE}\")"), 1),
        (format!("schemas eq \"{USER}\""), 2),
        ("schemas co \"Group\"".to_owned(), 0),
        ("schemas pr".to_owned(), 2),
    ] {
        let list = client.get(&format!("/Users?filter={}", crate::client::encode(&filter))).await.json();
        assert_eq!(list["totalResults"], expected, "{filter}");
    }
    // What is written does not change with what can be asked.
    let one = client.get("/Users?attributes=userName").await.json();
    assert!(one["Resources"].as_array().unwrap().iter().all(|user| user["schemas"] == json!([USER])), "{one}");
}
