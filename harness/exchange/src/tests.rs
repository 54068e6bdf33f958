//! The client against a peer that answers with given bytes, and what becomes of them.

use std::time::Duration;

use reqwest::Method;
use secrecy::SecretString;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use super::*;

#[path = "../../../tests/support/peer.rs"]
mod peer;

use peer::{answer, peer};

fn client(url: &Url) -> Client {
    client_with(url, ClientOptions::default())
}

fn client_with(url: &Url, options: ClientOptions) -> Client {
    Client::new(url, options).unwrap()
}

fn bearer(token: &str) -> Credentials {
    Credentials::Bearer(SecretString::from(token))
}

#[tokio::test]
async fn an_exchange_holds_both_sides_and_no_secret() {
    let (url, mut requests) = peer(vec![answer("201 Created", r#"{"id":"7"}"#)]).await;
    let options = ClientOptions {
        credentials: bearer("t1ger"),
        headers: vec![("X-Api-Key".into(), "s3cret".into())],
        ..ClientOptions::default()
    };
    let (client, recording) = client_with(&url, options).recorded();
    let body = json!({"userName": "o'neil", "password": "hunter2"});
    let exchange = client.send(Request::post("/Users").json(&body)).await.unwrap();

    let sent = requests.recv().await.unwrap();
    assert!(sent.starts_with("POST /scim/v2/Users HTTP/1.1\r\n"), "{sent}");
    assert!(sent.contains("authorization: Bearer t1ger") && sent.contains("x-api-key: s3cret"), "{sent}");
    assert!(sent.contains("content-type: application/scim+json"), "{sent}");
    assert_eq!((exchange.number, exchange.status), (1, 201));
    assert_eq!(exchange.json().unwrap()["id"], "7");
    assert_eq!(exchange.request_text(), r#"{"userName":"o'neil","password":"(masked)"}"#);
    let shown = format!("{:?} {}", exchange.request_headers, exchange.curl());
    assert!(!shown.contains("t1ger") && !shown.contains("s3cret") && !shown.contains("hunter2"), "{shown}");
    insta::with_settings!({filters => vec![(r"127\.0\.0\.1:\d+", "HOST")]}, {
        insta::assert_snapshot!(exchange.curl(), @r#"curl -sS -i -X POST -H "Authorization: Bearer $WEIR_BEARER" -H 'accept: application/scim+json' -H "x-api-key: $WEIR_HEADER_X_API_KEY" -H 'content-type: application/scim+json' --data-binary '{"userName":"o'\''neil","password":"'"$WEIR_PASSWORD"'"}' http://HOST/scim/v2/Users"#);
    });
    assert_eq!(recording.len(), 1);
    assert_eq!(recording.exchanges()[0].number, exchange.number);
    assert_eq!(client.sent(), 1);
}

#[tokio::test]
async fn query_and_path_are_escaped_so_that_no_endpoint_has_to_guess() {
    let (url, mut requests) = peer(vec![answer("200 OK", "{}"), answer("200 OK", "{}")]).await;
    let client = client(&url);
    let filter = r#"userName eq "a+b&c %20""#;
    client.send(Request::get("/Users").query("filter", filter).query("count", "1")).await.unwrap();
    client.send(Request::get("/Users").segment("a/b?c")).await.unwrap();
    let first = requests.recv().await.unwrap();
    assert!(first.starts_with("GET /scim/v2/Users?filter=userName%20eq%20%22a%2Bb%26c%20%2520%22&count=1 "), "{first}");
    let second = requests.recv().await.unwrap();
    assert!(second.starts_with("GET /scim/v2/Users/a%2Fb%3Fc "), "{second}");
}

fn redirect(status: &str, place: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nLocation: {place}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn a_request_is_repeated_where_a_307_or_308_of_the_same_origin_leads() {
    for status in ["307 Temporary Redirect", "308 Permanent Redirect"] {
        let answers = vec![redirect(status, "/scim/v2/Users/?a=b"), answer("201 Created", r#"{"id":"7"}"#)];
        let (url, mut requests) = peer(answers).await;
        let options = ClientOptions { credentials: bearer("t1ger"), ..ClientOptions::default() };
        let request = Request::post("/Users").query("a", "b").json(&json!({"userName": "ada"}));
        let exchange = client_with(&url, options).send(request).await.unwrap();
        assert_eq!((exchange.status, exchange.url.path()), (201, "/scim/v2/Users/"), "{status}");
        let (first, second) = (requests.recv().await.unwrap(), requests.recv().await.unwrap());
        assert!(first.starts_with("POST /scim/v2/Users?a=b "), "{first}");
        assert!(second.starts_with("POST /scim/v2/Users/?a=b "), "{second}");
        assert!(second.contains("t1ger") && second.contains(r#"{"userName":"ada"}"#), "{second}");
    }
    // A client may send a POST again as a GET after these (RFC 7231 section 6.4).
    for status in ["301 Moved Permanently", "302 Found", "303 See Other"] {
        let (url, _) = peer(vec![redirect(status, "/scim/v2/Users/")]).await;
        let exchange = client(&url).send(Request::post("/Users").json(&json!({}))).await.unwrap();
        assert_eq!(exchange.status.to_string(), status[..3]);
    }
    let around = vec![redirect("308 Permanent Redirect", "/scim/v2/Users"); 6];
    let (url, _) = peer(around).await;
    assert_eq!(client(&url).send(Request::get("/Users")).await.unwrap().status, 308);
    let (url, _) = peer(vec![redirect("308 Permanent Redirect", "/scim/v2/Users/7")]).await;
    assert_eq!(client(&url).send(Request::get("/Me").without_following()).await.unwrap().status, 308);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_nothing_is_sent_to_another_origin() {
    let (elsewhere, mut requests) = peer(vec![answer("200 OK", "{}")]).await;
    let redirect = format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere}\r\nContent-Length: 0\r\n\r\n");
    let (url, _) = peer(vec![redirect.into_bytes()]).await;
    let options = ClientOptions {
        credentials: bearer("t1ger"),
        headers: vec![("X-Api-Key".into(), "s3cret".into())],
        ..ClientOptions::default()
    };
    let client = client_with(&url, options);
    assert_eq!(client.send(Request::get("/Users")).await.unwrap().status, 307);
    let error = client.send(Request::absolute(Method::GET, elsewhere.clone())).await.unwrap_err();
    assert_eq!(error.kind, EndpointErrorKind::OtherOrigin, "{error}");
    let plain = Request::absolute(Method::GET, elsewhere.clone());
    assert_eq!(client.send_without_accept(&plain).await.unwrap_err().kind, EndpointErrorKind::OtherOrigin);
    assert!(requests.try_recv().is_err(), "a request was sent");

    let named = client.elsewhere(&elsewhere, bearer("0ther"));
    named.send(Request::get("/Users")).await.unwrap();
    let sent = requests.recv().await.unwrap();
    assert!(sent.contains("Bearer 0ther") && !sent.contains("t1ger") && !sent.contains("s3cret"), "{sent}");
}

#[tokio::test]
async fn what_lies_at_another_origin_by_the_endpoints_word_is_not_deleted_there() {
    let (elsewhere, mut requests) = peer(vec![answer("204 No Content", "")]).await;
    let location = format!("201 Created\r\nLocation: {elsewhere}Users/7");
    let job = json!({"Operations": [{"method": "POST", "status": "201", "location": format!("{elsewhere}Users/8")}]});
    for (path, body) in [("/Me", r#"{"id":"7"}"#.to_owned()), ("/Users", "{}".to_owned()), ("/Bulk", job.to_string())] {
        let (url, _) = peer(vec![answer(&location, &body)]).await;
        let (client, created) = (client(&url), CreatedResources::default());
        client.noting(&created).send(Request::post(path).json(&json!({}))).await.unwrap();
        assert_eq!((created.len(), created.is_uncertain()), (0, true), "{path}");
        assert!(created.take().next().is_none(), "{path}");
    }
    assert!(requests.try_recv().is_err(), "a request was sent");
}

#[tokio::test]
async fn a_request_to_wait_is_honoured_and_both_exchanges_are_recorded() {
    let later = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let dated = b"HTTP/1.1 503 Service Unavailable\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (url, _) = peer(vec![later.to_vec(), dated.to_vec(), answer("200 OK", "{}")]).await;
    let (client, recording) = client(&url).recorded();
    assert_eq!(client.send(Request::get("/Users")).await.unwrap().status, 200);
    let statuses: Vec<_> = recording.exchanges().iter().map(|exchange| exchange.status).collect();
    assert_eq!(statuses, [429, 503, 200]);
}

#[tokio::test]
async fn too_many_requests_without_a_time_are_repeated_after_a_while() {
    let (url, _) = peer(vec![answer("429 Too Many Requests", ""), answer("200 OK", "{}")]).await;
    let started = std::time::Instant::now();
    let exchange = client(&url).send(Request::get("/Users")).await.unwrap();
    assert_eq!(exchange.status, 200);
    assert!(started.elapsed() >= Duration::from_millis(250), "it did not wait");
}

#[tokio::test]
async fn a_request_to_wait_too_long_is_an_answer() {
    let (url, _) = peer(vec![
        b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 86400\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            .to_vec(),
    ])
    .await;
    assert_eq!(client(&url).send(Request::get("/Users")).await.unwrap().status, 429);
}

#[tokio::test]
async fn a_check_is_not_answered_by_a_limit_of_requests() {
    let later =
        b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (url, _) = peer(vec![later.to_vec()]).await;
    let client = client(&url);
    let error = client.metered(client.bounds()).0.send(Request::get("/Users")).await.unwrap_err();
    assert_eq!(error.kind, EndpointErrorKind::Throttled);
    assert!(error.sentence.contains("in 3600 s"), "{error}");
}

#[tokio::test]
async fn a_time_to_wait_that_cannot_be_read_is_none() {
    let soon = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: soon\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (url, _) = peer(vec![soon.to_vec(), answer("200 OK", "{}")]).await;
    assert_eq!(client(&url).send(Request::get("/Users")).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_discarded_answer_is_recorded_and_what_it_created_is_noted() {
    let (url, _) = peer(vec![answer("201 Created", r#"{"id":"7"}"#)]).await;
    let created = CreatedResources::default();
    let (client, recording) = client(&url).noting(&created).recorded();
    let error = client.send(Request::post("/Users").json(&json!({})).discard_answer()).await.unwrap_err();
    assert_eq!(error.kind, EndpointErrorKind::Discarded);
    assert_eq!(recording.exchanges()[0].status, 201);
    assert_eq!((created.len(), created.is_uncertain()), (1, false));
}

#[tokio::test]
async fn what_was_created_by_an_answer_that_is_not_quite_json_is_noted() {
    // Half a surrogate pair is not a text that JSON readers take.
    let (url, _) = peer(vec![answer("201 Created", r#"{"title":"\ud800","id": "7"}"#)]).await;
    let created = CreatedResources::default();
    client(&url).noting(&created).send(Request::post("/Users").json(&json!({}))).await.unwrap();
    assert_eq!((created.len(), created.is_uncertain()), (1, false));
}

#[tokio::test]
async fn somebody_else_in_the_answer_to_a_creation_is_not_noted() {
    let sent = json!({"userName": "weir-7-Ada@example.com", "displayName": "Ada"});
    for (shown, is_own) in [
        (json!({"id": "1", "userName": "bjensen@example.com", "displayName": "Barbara"}), false),
        (json!({"id": "1", "userName": "weir-7-ada@example.com"}), true),
        (json!({"id": "1", "userName": "4711", "displayName": "ADA"}), true),
        (json!({"id": "1", "userName": "7", "emails": [{"value": "weir-7-x@example.com"}]}), true),
        // A projection shows nobody's name.
        (json!({"id": "1"}), true),
    ] {
        let (url, _) = peer(vec![answer("201 Created", &shown.to_string())]).await;
        let created = CreatedResources::default();
        client(&url).noting(&created).send(Request::post("/Users").json(&sent)).await.unwrap();
        assert_eq!((created.len() == 1, created.is_uncertain()), (is_own, !is_own), "{shown}");
    }
}

#[tokio::test]
async fn a_name_that_comes_back_in_escapes_is_the_one_that_was_sent() {
    let shown = r#"{"id":"1","displayName":"Zo\u00eb \u0141ukasz"}"#;
    let (url, _) = peer(vec![answer("201 Created", shown)]).await;
    let client = client(&url).noting(&CreatedResources::default());
    let exchange = client.send(Request::post("/Groups").json(&json!({"displayName": "Zoë Łukasz"}))).await.unwrap();
    assert!(!client.is_foreign(&exchange));
}

#[tokio::test]
async fn a_creation_without_an_answer_leaves_uncertainty() {
    let (url, _) = peer(vec![Vec::new()]).await;
    let created = CreatedResources::default();
    let error = client(&url).noting(&created).send(Request::post("/Users").json(&json!({}))).await.unwrap_err();
    assert_eq!(error.kind, EndpointErrorKind::CutShort);
    assert_eq!((created.len(), created.is_uncertain()), (0, true));
}

#[tokio::test]
async fn each_way_to_get_no_answer_is_one_sentence() {
    let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 4096]].concat();
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"totalResults\":".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc".to_vec();
    let cases: [(&str, Vec<u8>, EndpointErrorKind, &str); 5] = [
        ("nothing", Vec::new(), EndpointErrorKind::CutShort, "ended before the answer was complete"),
        ("short body", short, EndpointErrorKind::CutShort, "ended before the answer was complete"),
        ("short chunk", chunked, EndpointErrorKind::CutShort, "ended before the answer was complete"),
        ("no HTTP", b"220 mail.example.com ESMTP\r\n".to_vec(), EndpointErrorKind::NotHttp, "does not speak HTTP"),
        ("endless", endless, EndpointErrorKind::TooLarge, "exceeds 1000 bytes"),
    ];
    for (name, bytes, kind, words) in cases {
        let (url, _) = peer(vec![bytes]).await;
        let client = client_with(
            &url,
            ClientOptions { bounds: Bounds { answer: 1000, ..Bounds::DEFAULT }, ..ClientOptions::default() },
        );
        let error = client.send(Request::get("/Users")).await.unwrap_err();
        assert_eq!(error.kind, kind, "{name}: {error}");
        let sentence = error.to_string();
        assert!(sentence.starts_with("GET http://127.0.0.1:") && sentence.contains(words), "{name}: {sentence}");
        assert!(!sentence.contains('\n'), "{name}: {sentence}");
    }
}

#[tokio::test]
async fn an_address_without_listener_or_name_or_tls_is_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tls = Url::parse(&format!("https://{}/scim/v2", plain.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        // Answers before it is asked: what comes first from a TLS client is not a request that could be read to its end.
        while let Ok((mut stream, _)) = plain.accept().await {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            // Read to the end: closing with unread bytes would reset the connection before the answer is seen.
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest).await;
        }
    });
    for (url, kind, words) in [
        (Url::parse(&format!("http://{free}/")).unwrap(), EndpointErrorKind::Refused, "connection refused"),
        (Url::parse("http://no-such-host.invalid/").unwrap(), EndpointErrorKind::Dns, "is not known"),
        (tls, EndpointErrorKind::Tls, "/scim/v2?"),
    ] {
        let error = client(&url).send(Request::get("/Users")).await.unwrap_err();
        assert_eq!(error.kind, kind, "{url}: {error}");
        assert!(error.sentence.contains(words) && error.is_unreachable(), "{error}");
    }
}

#[tokio::test]
async fn an_endpoint_that_never_answers_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let options = ClientOptions { timeout: Duration::from_millis(50), ..ClientOptions::default() };
    let error = client_with(&url, options).send(Request::get("/Users")).await.unwrap_err();
    assert_eq!(error.kind, EndpointErrorKind::Timeout, "{error}");
}

#[tokio::test]
async fn what_is_no_json_is_said_in_words() {
    for (body, words) in [
        ("", "empty"),
        ("  \n", "empty"),
        ("<html></html>", "page of markup"),
        ("{\"a\":", "cut off"),
        ("hello", "not JSON"),
    ] {
        let (url, _) = peer(vec![answer("200 OK", body)]).await;
        let exchange = client(&url).send(Request::get("/Users")).await.unwrap();
        let fault = exchange.json().unwrap_err();
        assert!(fault.contains(words), "{body:?}: {fault}");
    }
}
