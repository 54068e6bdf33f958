use serde_json::{Value, json};
use weir_server::{Config, Target};

use crate::client::{Client, GROUP, USER, patch_body, user};

const REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn job(operations: &Value) -> Value {
    json!({ "schemas": [REQUEST], "Operations": operations })
}

fn post_user(bulk_id: &str, user_name: &str) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": user(user_name) })
}

fn post_group(bulk_id: &str, name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|member| json!({ "value": member })).collect();
    let data = json!({ "schemas": [GROUP], "displayName": name, "members": members });
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data })
}

/// Sends a job and returns its results.
async fn run(client: &Client, operations: Value) -> Vec<Value> {
    let reply = client.post("/Bulk", &job(&operations)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let body = reply.json();
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
    body["Operations"].as_array().unwrap().clone()
}

fn statuses(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["status"].as_str().unwrap()).collect()
}

/// The path below the base URL of a result's location.
fn place<'r>(client: &Client, result: &'r Value) -> &'r str {
    let location = result["location"].as_str().unwrap_or_else(|| panic!("no location: {result}"));
    location.strip_prefix(&client.base).unwrap()
}

async fn total(client: &Client, endpoint: &str) -> Value {
    client.get(endpoint).await.json()["totalResults"].clone()
}

#[tokio::test]
async fn each_method_answers_as_it_would_alone() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let gone = format!("/Users/{}", client.create_user("gone").await);
    let nowhere = "/Users/00000000-0000-7000-8000-000000000000";
    let change: Value =
        serde_json::from_str(&patch_body(&json!([{ "op": "add", "path": "title", "value": "x" }]))).unwrap();
    let results = run(
        &client,
        json!([
            post_user("a", "anna"),
            { "method": "PUT", "path": path, "data": { "schemas": [USER], "userName": "bo", "title": "y" } },
            { "method": "PATCH", "path": path, "data": change, "bulkId": "p" },
            { "method": "DELETE", "path": gone.trim_start_matches('/') },
            { "method": "PUT", "path": nowhere, "data": user("x") },
            post_user("b", "ANNA"),
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "200", "204", "204", "404", "409"]);
    assert_eq!(client.get(place(&client, &results[0])).await.json()["userName"], "anna");
    assert_eq!(results[0]["version"], client.get(place(&client, &results[0])).await.header("etag"));
    assert_eq!(results[2]["version"], client.get(&path).await.header("etag"));
    assert_eq!(["a", "p"].map(Value::from), [results[0]["bulkId"].clone(), results[2]["bulkId"].clone()]);
    assert_eq!([1, 3, 4].map(|index| place(&client, &results[index])), [&*path, &gone, nowhere]);
    assert_eq!(results[5].get("location"), None);
    assert_eq!(results[5]["response"]["scimType"], "uniqueness");
    assert_eq!(results[4]["response"]["status"], "404");
    assert!(results[..4].iter().all(|result| result.get("response").is_none()));
    assert_eq!(client.get(&gone).await.status, 404);
}

#[tokio::test]
async fn references_work_in_any_direction_and_anywhere() {
    let client = Client::rfc();
    let group = format!("/Groups/{}", client.create_group("Dykes", &[]).await);
    let add: Value = serde_json::from_str(&patch_body(
        &json!([{ "op": "add", "path": "members", "value": [{ "value": "bulkId:u2" }, { "value": "bulkId:u1" }] }]),
    ))
    .unwrap();
    let remove: Value =
        serde_json::from_str(&patch_body(&json!([{ "op": "remove", "path": "members[value eq \"bulkId:u1\"]" }])))
            .unwrap();
    let mut report = post_user("u2", "report");
    report["data"][ENTERPRISE] = json!({ "manager": { "value": "bulkId:u1" } });
    report["data"]["schemas"] = json!([USER, ENTERPRISE]);
    let title = patch_body(&json!([{ "op": "add", "path": "title", "value": "Chief" }]));
    let results = run(
        &client,
        json!([
            post_group("g", "Forward", &["bulkId:u1"]),
            { "method": "PATCH", "path": group, "data": add },
            { "method": "PATCH", "path": group, "data": remove },
            report,
            post_user("u1", "chief"),
            { "method": "PATCH", "path": "/Users/bulkId:u1", "data": serde_json::from_str::<Value>(&title).unwrap() },
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["201", "204", "204", "201", "201", "204"]);
    let chief = client.get(place(&client, &results[4])).await;
    assert_eq!(chief.json()["title"], "Chief");
    assert_eq!(place(&client, &results[5]), place(&client, &results[4]));
    let report = client.get(place(&client, &results[3])).await;
    assert_eq!(report.json()[ENTERPRISE]["manager"]["value"], chief.id());
    assert_eq!(client.get(place(&client, &results[0])).await.json()["members"][0]["value"], chief.id());
    // The two changes of one group kept their order although the first had to wait.
    let members = client.get(&group).await.json()["members"].clone();
    assert_eq!((&members[0]["value"], members.as_array().unwrap().len()), (&json!(report.id()), 1));
}

#[tokio::test]
async fn a_circle_is_kept_where_the_schemas_allow_it_and_409_where_not() {
    let client = Client::rfc();
    let managed = |own: &str, name: &str, by: &str| {
        let mut operation = post_user(own, name);
        operation["data"]["schemas"] = json!([USER, ENTERPRISE]);
        operation["data"][ENTERPRISE] = json!({ "manager": { "value": format!("bulkId:{by}") }, "costCenter": own });
        operation
    };
    let results =
        run(&client, json!([managed("a", "anna", "b"), managed("b", "bo", "a"), managed("s", "self", "s")])).await;
    assert_eq!(statuses(&results), ["201", "201", "201"]);
    for (own, other) in [(0, 1), (1, 0), (2, 2)] {
        let reply = client.get(place(&client, &results[own])).await;
        let id = place(&client, &results[other]).rsplit('/').next().unwrap();
        assert_eq!(reply.json()[ENTERPRISE]["manager"]["value"], id);
        assert_eq!(results[own]["version"], reply.header("etag"));
    }
    let results = run(
        &client,
        json!([
            post_group("x", "A", &["bulkId:y"]),
            post_user("u", "beside"),
            post_group("y", "B", &["bulkId:x"]),
            post_group("z", "C", &["bulkId:x"]),
            post_group("w", "D", &["bulkId:w"]),
        ]),
    )
    .await;
    assert_eq!(statuses(&results), ["409", "201", "409", "409", "409"]);
    assert!(results[0]["response"]["detail"].as_str().unwrap().starts_with("x, y refer to each other"), "{results:?}");
    assert_eq!(total(&client, "/Groups").await, 0);
    let mut nameless = managed("d", "dora", "c");
    nameless["data"].as_object_mut().unwrap().remove("userName");
    let results = run(&client, json!([managed("c", "carl", "d"), nameless])).await;
    assert_eq!(statuses(&results), ["409", "400"]);
    assert_eq!(total(&client, "/Users").await, 4);
}

#[tokio::test]
async fn an_operation_fails_alone_and_with_what_it_refers_to() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let results = run(
        &client,
        json!([
            post_group("g1", "A", &["bulkId:nobody"]),
            { "method": "POST", "path": "/Users", "bulkId": "bad", "data": { "schemas": [USER] } },
            post_group("g2", "B", &["bulkId:bad"]),
            { "method": "GET", "path": path },
            { "method": "DELETE", "path": "/Me" },
            { "method": "POST", "path": "/Users/.search", "bulkId": "s", "data": {} },
            { "method": "POST", "path": "/Bulk", "bulkId": "n", "data": {} },
            { "method": "POST", "path": "/Nope", "bulkId": "o", "data": {} },
            { "method": "DELETE", "path": "/Users" },
            { "method": "POST", "path": path, "bulkId": "q", "data": user("x") },
            { "method": "POST", "path": "/Users", "data": user("y") },
            { "method": "DELETE", "path": path, "version": "W/\"99\"" },
            17,
            post_user("ok", "anna"),
        ]),
    )
    .await;
    let expected = ["400", "400", "409", "400", "400", "400", "400", "404", "405", "405", "400", "412", "400", "201"];
    assert_eq!(statuses(&results), expected);
    for result in &results[..13] {
        assert_eq!(result["response"]["status"], result["status"], "{result}");
        assert!(!result["response"]["detail"].as_str().unwrap().is_empty());
    }
    assert_eq!((total(&client, "/Users").await, total(&client, "/Groups").await), (json!(2), json!(0)));
}

#[tokio::test]
async fn fail_on_errors_stops_after_exactly_so_many() {
    let client = Client::rfc();
    let bad = |id: &str| json!({ "method": "POST", "path": "/Users", "bulkId": id, "data": { "schemas": [USER] } });
    for (most, expected) in [(1, 2), (2, 4), (3, 5)] {
        client.endpoint().reset();
        let operations = json!([post_user("a", "a"), bad("b"), post_user("c", "c"), bad("d"), post_user("e", "e")]);
        let mut body = job(&operations);
        body["failOnErrors"] = json!(most);
        let reply = client.post("/Bulk", &body).await;
        assert_eq!(reply.status, 200);
        let body = reply.json();
        let results = body["Operations"].as_array().unwrap();
        assert_eq!((results.len(), body.get("failOnErrors")), (expected, None), "{most}");
        let created = results.iter().filter(|result| result["status"] == "201").count();
        assert_eq!(total(&client, "/Users").await, created);
    }
}

#[tokio::test]
async fn a_name_that_is_freed_can_be_taken_in_the_same_job() {
    let client = Client::rfc();
    let path = format!("/Users/{}", client.create_user("bo").await);
    let operations = json!([
        post_group("g", "Dykes", &["bulkId:new"]),
        { "method": "DELETE", "path": path },
        post_user("new", "bo"),
    ]);
    assert_eq!(statuses(&run(&client, operations).await), ["201", "204", "201"]);
}

#[tokio::test]
async fn limits_are_published_and_kept() {
    let text = r#"
        description = "small"
        base_paths = ["/scim"]
        authentication = ["bearer"]
        capabilities = ["create.users", "bulk", "discovery.service-provider-config"]
        bulk = { max_operations = 2, max_payload_size = 600 }
        [[applications]]
        name = "default"
    "#;
    let client = Client::start(Config::new(Target::parse("small", text).unwrap()));
    let bulk = client.get("/ServiceProviderConfig").await.json()["bulk"].clone();
    assert_eq!(bulk, json!({ "supported": true, "maxOperations": 2, "maxPayloadSize": 600 }));
    let operations = json!([post_user("a", "a"), post_user("b", "b"), post_user("c", "c")]);
    let (status, _, detail) = client.post("/Bulk", &job(&operations)).await.error();
    assert_eq!((status, detail.contains("maxOperations (2)")), (413, true), "{detail}");
    let long = format!("{}{}", job(&json!([post_user("a", "a")])), " ".repeat(600));
    let (status, _, detail) = client.send("POST", "/Bulk", &[], Some(&long)).await.error();
    assert_eq!((status, detail.contains("maxPayloadSize (600 bytes)")), (413, true), "{detail}");
    assert_eq!(total(&client, "/Users").await, 0);
    let nothing = text.replace("max_operations = 2", "max_operations = 0");
    assert!(Target::parse("small", &nothing).unwrap_err().to_string().contains("bulk.max_operations"));
}

#[tokio::test]
async fn where_bulk_is_not_offered_nothing_is_done() {
    let client = Client::aquera("default");
    assert_eq!(client.post("/Bulk", &job(&json!([post_user("a", "a")]))).await.error().0, 501);
    assert_eq!(client.get("/ServiceProviderConfig").await.json()["bulk"]["maxOperations"], 0);
    assert_eq!(Client::rfc().get("/Bulk").await.error().0, 405);
}

#[tokio::test]
async fn an_operation_passes_the_deviations_that_a_request_passes() {
    let client = Client::with_deviation("put.creates");
    let nowhere = "/Users/00000000-0000-7000-8000-000000000000";
    let results = run(&client, json!([{ "method": "PUT", "path": nowhere, "data": user("bo") }])).await;
    assert_eq!(statuses(&results), ["201"]);
    let client = Client::with_deviation("uniqueness.not-enforced");
    assert_eq!(statuses(&run(&client, json!([post_user("a", "bo"), post_user("b", "bo")])).await), ["201", "201"]);
}
