use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;
use weir_server::{Config, Limits, PasswordCost};

use crate::client::{Client, USER, encode, patch_body, user};

#[tokio::test]
async fn every_error_is_a_scim_error_with_its_own_status() {
    let client = Client::rfc();
    let bo = client.create_user("bo").await;
    let bo = format!("/Users/{bo}");
    let nobody = "/Users/00000000-0000-7000-8000-000000000000";
    let good = user("anna").to_string();
    let good = Some(&*good);
    let html = [("accept", "text/html")];
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let gzip = [("content-encoding", "gzip")];
    let none: &[(&str, &str)] = &[];
    let bad_filter = format!("/Users?filter={}", encode("userName zz \"x\""));
    let patch = |operations| patch_body(&operations);
    let no_target = patch(json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" }]));
    let bad_path = patch(json!([{ "op": "replace", "path": "][", "value": "x" }]));
    for (method, path, headers, body, status, scim_type) in [
        ("GET", "/Nope", none, None, 404, None),
        ("GET", "/Users/a/b", none, None, 404, None),
        ("GET", nobody, none, None, 404, None),
        ("GET", "/Users/not-an-id", none, None, 404, None),
        ("PUT", nobody, none, good, 404, None),
        ("PATCH", nobody, none, Some(&*patch(json!([{ "op": "remove", "path": "title" }]))), 404, None),
        ("DELETE", nobody, none, None, 404, None),
        ("GET", "/Schemas/urn:nope", none, None, 404, None),
        ("GET", "/ResourceTypes/Nope", none, None, 404, None),
        ("POST", &*bo, none, good, 405, None),
        ("PUT", "/Users", none, good, 405, None),
        ("DELETE", "/Schemas", none, None, 405, None),
        ("POST", "/ServiceProviderConfig", none, good, 405, None),
        ("TRACE", "/Users", none, None, 405, None),
        ("BREW", "/Users", none, None, 405, None),
        ("POST", "/Bulk", none, good, 400, Some("invalidSyntax")),
        ("GET", "/Me", none, None, 404, None),
        ("POST", "/Users/.search", none, good, 400, Some("invalidSyntax")),
        ("POST", "/.search", none, good, 400, Some("invalidSyntax")),
        ("GET", "/?cursor", none, None, 400, Some("invalidCursor")),
        ("GET", "/Users?cursor=x", none, None, 400, Some("invalidCursor")),
        ("GET", "/Users?cursor&count=x", none, None, 400, Some("invalidCount")),
        ("GET", "/Users?cursor&startIndex=1", none, None, 400, Some("invalidValue")),
        ("GET", "/Users?sortBy=nope", none, None, 400, Some("invalidPath")),
        ("GET", "/Users?sortBy=name", none, None, 400, Some("invalidPath")),
        ("GET", "/Users?sortBy=password", none, None, 400, Some("invalidValue")),
        ("GET", "/Users?sortBy=userName&sortOrder=up", none, None, 400, Some("invalidValue")),
        ("GET", "/Users", &html, None, 406, None),
        ("POST", "/Users", &form, good, 415, None),
        ("POST", "/Users", &gzip, good, 415, None),
        ("POST", "/Users", none, Some("{\"userName\":"), 400, Some("invalidSyntax")),
        ("POST", "/Users", none, Some("[]"), 400, Some("invalidSyntax")),
        ("POST", "/Users", none, None, 400, Some("invalidSyntax")),
        (
            "POST",
            "/Users",
            none,
            Some(r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]}"#),
            400,
            Some("invalidValue"),
        ),
        ("POST", "/Users", none, Some(&*user("BO").to_string()), 409, Some("uniqueness")),
        ("PATCH", &*bo, none, Some(&*bad_path), 400, Some("invalidPath")),
        ("PATCH", &*bo, none, Some(&*no_target), 400, Some("noTarget")),
        ("GET", &*bad_filter, none, None, 400, Some("invalidFilter")),
        ("GET", "/Users?filter=", none, None, 400, Some("invalidFilter")),
        ("GET", "/Users?count=x", none, None, 400, Some("invalidValue")),
        ("GET", "/Users?count=1&count=2", none, None, 400, Some("invalidValue")),
        ("GET", "/Users?attributes=a&excludedAttributes=b", none, None, 400, Some("invalidValue")),
        ("GET", "/Schemas?filter=id%20pr", none, None, 403, None),
    ] {
        let reply = client.send(method, path, headers, body).await;
        let (actual, actual_type, detail) = reply.error();
        assert_eq!((actual, actual_type.as_deref()), (status, scim_type), "{method} {path} {body:?}: {detail}");
        assert!(detail.len() > 15, "{method} {path}: {detail}");
        let has_allow = reply.headers.contains_key("allow");
        assert_eq!(has_allow, status == 405, "{method} {path}");
    }
    assert_eq!(client.get("/Users").await.json()["totalResults"], 1);
}

#[tokio::test]
async fn paths_beside_the_applications_are_scim_errors_too() {
    let client = Client::rfc();
    for path in ["/", "/scim/v3/Users", "/favicon.ico", "/scim/v2x"] {
        let url = format!("{}{path}", client.endpoint().origin());
        let reply = client.send_bare("GET", &url, &[], "").await.unwrap();
        assert_eq!(reply.error().0, 404, "{path}");
    }
}

#[tokio::test]
async fn bodies_and_targets_beyond_the_limits_are_refused_and_the_endpoint_stays_up() {
    let limits = Limits { body_bytes: 1000, uri_bytes: 500, ..Limits::default() };
    let client = Client::start(Config { limits, ..Config::rfc() });
    let large = user(&"x".repeat(2000)).to_string();
    let reply = client.send("POST", "/Users", &[], Some(&large)).await;
    assert_eq!(reply.error().0, 413);
    assert_eq!(client.get(&format!("/Users?filter={}", "x".repeat(600))).await.error().0, 414);
    client.create_user("bo").await;
    let journal = client.endpoint().journal().exchanges();
    assert_eq!(journal.iter().map(|exchange| exchange.status).collect::<Vec<_>>(), [413, 414, 201]);
}

/// Sends raw bytes and returns what comes until the connection closes.
fn raw(client: &Client, head: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(client.endpoint().address()).unwrap();
    let head = head.replace("TOKEN", &client.token);
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_is_408_and_a_chunked_one_too_long_413() {
    let limits = Limits { body_timeout: Duration::from_millis(50), body_bytes: 10, ..Limits::default() };
    let client = Client::start(Config { limits, ..Config::rfc() });
    let head = "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer TOKEN\r\n\
                Content-Type: application/scim+json\r\n";
    let slow = raw(&client, &format!("{head}Content-Length: 8\r\n\r\n"), "{\"a\"");
    assert!(slow.starts_with("HTTP/1.1 408"), "{slow}");
    assert!(slow.contains("urn:ietf:params:scim:api:messages:2.0:Error"), "{slow}");
    let chunked = raw(
        &client,
        &format!("{head}Transfer-Encoding: chunked\r\n\r\n"),
        "14\r\n{\"userName\":\"abcdef\"}\r\n0\r\n\r\n",
    );
    assert!(chunked.starts_with("HTTP/1.1 413"), "{chunked}");
    assert_eq!(client.get("/Users").await.json()["totalResults"], 0);
}

#[tokio::test]
async fn a_json_client_gets_json_and_a_charset_is_understood() {
    let client = Client::rfc();
    let body = user("bo").to_string();
    let headers = [("accept", "application/json"), ("content-type", "application/json; charset=UTF-8")];
    let reply = client.send("POST", "/Users", &headers, Some(&body)).await;
    assert_eq!((reply.status, reply.header("content-type")), (201, "application/json"));
}

#[tokio::test]
async fn work_that_takes_longer_than_the_limit_is_503_and_what_is_quick_goes_on() {
    // A hash that takes a tenth of a second, so that no pause of this process lets it be ready in time.
    let password_cost = PasswordCost { memory_kib: 64 << 10, passes: 4, concurrency: 1 };
    let mut config = Config { people: 10, password_cost, ..Config::rfc() };
    // Whatever has to wait for another thread is over the limit; what is answered at once never waits.
    config.limits.request_timeout = Duration::from_nanos(1);
    let client = Client::start(config);
    let user = json!({ "schemas": [USER], "userName": "slow@example.com", "password": "t1meMa$heen" });
    let (status, kind, detail) = client.post("/Users", &user).await.error();
    assert_eq!((status, kind), (503, None));
    assert!(detail.contains("took longer"), "{detail}");
    let one = client.get("/Users?filter=userName%20eq%20%22person.7%40example.com%22").await;
    assert_eq!((one.status, &one.json()["totalResults"]), (200, &json!(1)));
}
