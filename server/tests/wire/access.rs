//! Rights, tokens, tenants, limits.

use std::num::NonZeroU32;

use jiff::SignedDuration;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use weir_server::{Clock, Config, Limits};

use crate::client::{Client, Reply, user};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn token_of(client: &Client, headers: &[(&str, &str)], form: &str) -> Reply {
    let url = format!("{}/oauth/token", client.endpoint().origin());
    client.send_bare("POST", &url, headers, form).await.unwrap()
}

/// The form of a client that authenticates in it.
fn form_of(client: &Client, rest: &str) -> String {
    let oauth = client.endpoint().applications()[0].credentials.oauth.clone().unwrap();
    let secret = oauth.secret.expose_secret();
    format!("grant_type=client_credentials&client_id={}&client_secret={secret}{rest}", oauth.id)
}

#[tokio::test]
async fn a_client_gets_tokens_that_run_out_by_the_endpoints_clock() {
    let clock = Clock::standing(jiff::Timestamp::UNIX_EPOCH);
    let config = Config { clock: clock.clone(), token_lifetime: SignedDuration::from_secs(60), ..Config::rfc() };
    let client = Client::start(config);
    let reply = token_of(&client, &[FORM], &form_of(&client, "")).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"));
    let body = reply.json();
    assert_eq!(
        (&body["token_type"], &body["expires_in"], &body["scope"]),
        (&json!("Bearer"), &json!(60), &json!("read write"))
    );
    let with = Client { token: body["access_token"].as_str().unwrap().to_owned(), ..client.clone() };
    with.create_user("bo").await;
    clock.advance(SignedDuration::from_secs(59));
    assert_eq!(with.get("/Users").await.status, 200);
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(with.get("/Users").await.error().0, 401);
    let journal = format!("{:?}", client.endpoint().journal().exchanges());
    assert!(!journal.contains(&with.token), "a token is in the journal");
}

#[tokio::test]
async fn a_token_of_a_lesser_scope_reads_and_does_not_write() {
    let client = Client::rfc();
    let reply = token_of(&client, &[FORM], &form_of(&client, "&scope=read")).await;
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    let reader = Client { token, ..client.clone() };
    assert_eq!(reader.get("/Users").await.status, 200);
    assert_eq!(reader.post("/Users", &user("bo")).await.error().0, 403);
    let elsewhere = Client { token: reader.token.clone(), ..reader.application("other") };
    assert_eq!(elsewhere.get("/Users").await.error().0, 401);
}

#[tokio::test]
async fn the_token_endpoint_refuses_in_the_words_of_oauth() {
    let client = Client::rfc();
    let oauth = client.endpoint().applications()[0].credentials.oauth.clone().unwrap();
    let basic = |secret: &str| {
        use base64::Engine as _;
        let pair = base64::engine::general_purpose::STANDARD.encode(format!("{}:{secret}", oauth.id));
        format!("Basic {pair}")
    };
    let (right, wrong) = (basic(oauth.secret.expose_secret()), basic("wrong"));
    let grant = "grant_type=client_credentials";
    for (authorization, form, status, word) in [
        (&*right, grant.to_owned(), 200, None),
        (&*wrong, grant.to_owned(), 401, Some("invalid_client")),
        ("Bearer x", grant.to_owned(), 401, Some("invalid_client")),
        ("", grant.to_owned(), 401, Some("invalid_client")),
        (&*right, "grant_type=password".to_owned(), 400, Some("unsupported_grant_type")),
        (&*right, "a=b".to_owned(), 400, Some("invalid_request")),
        (&*right, form_of(&client, ""), 400, Some("invalid_request")),
        (&*right, format!("{grant}&{grant}"), 400, Some("invalid_request")),
        (&*right, format!("{grant}&scope=admin"), 400, Some("invalid_scope")),
    ] {
        let reply = token_of(&client, &[("authorization", authorization), FORM], &form).await;
        let body: Value = reply.json();
        assert_eq!((reply.status, body["error"].as_str()), (status, word), "{authorization} {form}");
        assert_eq!(reply.headers.contains_key("www-authenticate"), status == 401);
    }
    let url = format!("{}/oauth/token", client.endpoint().origin());
    let reply = client.send_bare("GET", &url, &[], "").await.unwrap();
    assert_eq!((reply.error().0, reply.header("allow")), (405, "POST, OPTIONS"));
}

#[tokio::test]
async fn a_reader_of_the_target_file_opens_every_application_to_read() {
    let client = Client::rfc();
    let further = client.endpoint().applications()[0].further.clone();
    let reader = further.iter().find(|further| further.name == "reader" && !further.writes).unwrap();
    let token = reader.credentials.bearer.as_ref().unwrap().expose_secret().to_owned();
    for base in [&client, &client.application("other")] {
        let reader = Client { token: token.clone(), ..base.clone() };
        assert_eq!(reader.get("/Users").await.status, 200);
        for reply in [reader.post("/Users", &user("bo")).await, reader.delete("/Users/x").await] {
            assert_eq!(reply.error().0, 403);
        }
    }
}

#[tokio::test]
async fn too_many_requests_are_429_with_the_seconds_to_wait() {
    let limits = Limits { rate: NonZeroU32::new(3), ..Limits::default() };
    let client = Client::start(Config { limits, ..Config::rfc() });
    let mut refused = 0;
    for _ in 0..12 {
        let reply = client.get("/Users").await;
        if reply.status == 429 {
            reply.error();
            assert_eq!(reply.header("retry-after"), "1");
            refused += 1;
        }
    }
    assert!(refused > 0);
}
