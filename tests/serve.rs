//! `weir serve` as a person uses it: start, read what to use, speak HTTP, stop.

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use reqwest::StatusCode;
use serde_json::{Value, json};
use support::{Served, run, weir};

fn client() -> reqwest::Client {
    // Another test may have been first, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
async fn the_greeting_says_everything_that_a_client_needs() {
    let served = Served::start(&["--target", "rfc"]);
    let (url, token) = (served.value("URL"), served.value("bearer"));
    let (user, password) = served.value("basic").split_once(':').unwrap();
    let client = client();
    let user_name = "bjensen@example.com";
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name});

    let created = client.post(format!("{url}/Users")).bearer_auth(token).json(&body).send().await.unwrap();
    assert_eq!(created.status(), StatusCode::CREATED);
    let location = created.headers()["location"].to_str().unwrap().to_owned();
    let created: Value = created.json().await.unwrap();
    assert_eq!(created["meta"]["location"], location);

    let read = client.get(&location).basic_auth(user, Some(password)).send().await.unwrap();
    assert_eq!(read.status(), StatusCode::OK);
    assert_eq!(read.json::<Value>().await.unwrap()["userName"], user_name);

    let stranger = client.get(&location).bearer_auth("nobody").send().await.unwrap();
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(stranger.json::<Value>().await.unwrap()["status"], "401");
}

#[test]
fn sigterm_and_ctrl_c_end_it_cleanly() {
    for signal in ["TERM", "INT"] {
        let (status, rest) = Served::start(&[]).signal(signal);
        assert_eq!((status, rest.as_str()), (Some(0), "stopped\n"), "{signal}");
    }
}

#[test]
fn it_stops_with_the_program_that_started_it_if_that_is_asked_for() {
    let command = &["serve", "--target", "rfc", "--listen", "127.0.0.1:0", "--format", "json", "--until-eof"];
    let mut child = weir(command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut greeting = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut greeting).unwrap();
    let greeting: Value = serde_json::from_str(&greeting).unwrap();
    assert_eq!(greeting["ready"], true);
    assert_eq!(child.try_wait().unwrap(), None, "it stopped while standard input was open");

    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_control_api_answers_other_machines_only_with_a_token_that_was_chosen() {
    let ran = run(&["serve", "--target", "rfc", "--listen", "127.0.0.1:0", "--control-remote"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("--control-token"), "{}", ran.stderr);
}

#[tokio::test]
async fn given_credentials_are_taken_and_not_printed_back() {
    let served = Served::start(&["--target", "rfc", "--bearer", "t1ger", "--basic", "admin:s3cret"]);
    assert!(!served.greeting.contains("t1ger") && !served.greeting.contains("s3cret"), "{}", served.greeting);
    let users = format!("{}/Users", served.value("URL"));
    let client = client();
    let with_token = client.get(&users).bearer_auth("t1ger").send().await.unwrap();
    let with_password = client.get(&users).basic_auth("admin", Some("s3cret")).send().await.unwrap();
    assert_eq!((with_token.status(), with_password.status()), (StatusCode::OK, StatusCode::OK));
}

#[tokio::test]
async fn a_deviation_changes_what_is_served() {
    let served = Served::start(&["--target", "rfc", "--deviate", "put.creates"]);
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "nobody@example.com"});
    let url = format!("{}/Users/00000000-0000-4000-8000-000000000000", served.value("URL"));
    let answer = client().put(url).bearer_auth(served.value("bearer")).json(&body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
}

#[test]
fn the_same_seed_gives_the_same_credentials_and_another_does_not() {
    let token = |seed: &str| Served::start(&["--seed", seed]).value("bearer").to_owned();
    assert_eq!(token("7"), token("7"));
    assert_ne!(token("7"), token("8"));
}

#[test]
fn schema_files_add_resource_types_by_flag_and_by_target() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/custom/device.json");
    let target = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/custom/device.toml");
    // Without a single description, and with a reference that a client writes.
    let bare = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/custom/bare.json");
    for arguments in [
        ["--target", "rfc", "--schema", file].as_slice(),
        &["--target", target],
        &["--target", "rfc", "--schema", bare],
    ] {
        let served = Served::start(arguments);
        let (url, bearer) = (served.value("URL"), served.value("bearer"));
        let ran = run(&["check", url, "--bearer", bearer, "--format", "json"]);
        let report: Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
        let wrong: Vec<&Value> = report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|check| !["pass", "note", "skip"].contains(&check["verdict"].as_str().unwrap()))
            .collect();
        assert_eq!((ran.status, wrong.len()), (0, 0), "{arguments:?}: {wrong:#?}");
    }
    let ran = run(&["serve", "--schema", target]);
    assert_eq!(ran.status, 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("device.toml: this is TOML, not a SCIM schema or a resource type"), "{}", ran.stderr);
}

#[tokio::test]
async fn it_begins_with_data_and_records_and_logs_what_happens() {
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (data, record) = (folder.join("serve-data.json"), folder.join("serve-record.har"));
    std::fs::write(&data, r#"[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bo"}]"#)
        .unwrap();
    let (data, record) = (data.to_str().unwrap(), record.to_str().unwrap());
    let served = Served::start(&["--target", "rfc", "--data", data, "--record", record]);
    let users = format!("{}/Users", served.value("URL"));
    let list = client().get(&users).bearer_auth(served.value("bearer")).send().await.unwrap();
    assert_eq!(list.json::<Value>().await.unwrap()["totalResults"], 1);
    let token = served.value("bearer").to_owned();
    served.signal("TERM");
    let archive = std::fs::read_to_string(record).unwrap();
    assert!(!archive.contains(&token), "a secret is in the archive");
    let entries = weir_exchange::har::read(&archive).unwrap();
    assert_eq!((entries.len(), &entries[0].url, entries[0].status), (1, &users, 200));

    let ran = run(&["serve", "--target", "rfc", "--data", "/no/such/file"]);
    assert_eq!(
        (ran.status, ran.stderr.contains("/no/such/file: the file cannot be read: there is no such file")),
        (2, true),
        "{}",
        ran.stderr
    );
    let ran = run(&["serve", "--target", "rfc", "--listen", "127.0.0.1:0", "--data", "/dev/null"]);
    assert_eq!((ran.status, ran.stderr.contains("/dev/null: ")), (2, true), "{}", ran.stderr);
}

#[test]
fn health_says_whether_an_endpoint_is_ready_and_needs_no_credentials() {
    let served = Served::start(&["--target", "rfc", "--bearer", "a-token-of-ours"]);
    let ran = run(&["health", served.value("URL")]);
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (0, "ready\n", ""));
    // A container that holds nothing but Weir has no certificates, and plain HTTP needs none.
    let mut bare = weir(&["health", served.value("URL")]);
    let bare = bare.env("SSL_CERT_FILE", "/nonexistent").env("SSL_CERT_DIR", "/nonexistent").output().unwrap();
    assert_eq!(bare.status.code(), Some(0), "{}", String::from_utf8_lossy(&bare.stderr));
    let url = served.value("URL").to_owned();
    served.signal("TERM");
    let ran = run(&["health", &url, "--timeout", "2"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("/_weir/health"), "{}", ran.stderr);
}

#[tokio::test]
async fn health_takes_no_other_server_for_an_endpoint_of_weir() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stranger = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = [0; 1024];
        let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut head).await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nup";
        tokio::io::AsyncWriteExt::write_all(&mut stream, answer).await.unwrap();
    });
    let ran = tokio::task::spawn_blocking(move || run(&["health", &url])).await.unwrap();
    stranger.await.unwrap();
    assert_eq!((ran.status, ran.stdout.as_str()), (3, ""));
    assert!(ran.stderr.contains("not the answer of an endpoint that weir serve runs"), "{}", ran.stderr);
}

#[tokio::test]
async fn the_journal_names_the_deviations_that_acted() {
    let deviations = ["filter.ignored", "put.refused", "read.answer-delayed[Group]", "uniqueness.not-enforced"];
    let mut arguments = vec!["--target", "rfc", "--control-token", "control"];
    arguments.extend(deviations.iter().flat_map(|id| ["--deviate", id]));
    let served = Served::start(&arguments);
    let (url, token, client) = (served.value("URL"), served.value("bearer"), client());
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "bjensen@example.com"});
    let created = client.post(format!("{url}/Users")).bearer_auth(token).json(&body).send().await.unwrap();
    let user = format!("{url}/Users/{}", created.json::<Value>().await.unwrap()["id"].as_str().unwrap());
    for request in [
        client.get(&user),
        client.get(format!("{url}/Users?filter=userName%20eq%20%22nobody%22")),
        client.get(format!("{url}/Users")),
        client.put(&user).json(&body),
    ] {
        request.bearer_auth(token).send().await.unwrap();
    }
    let control = url.split("/scim").next().unwrap().to_owned() + "/_weir/";
    let asked = |path: &str| client.get(format!("{control}{path}")).bearer_auth("control").send();
    let journal = asked("journal").await.unwrap().text().await.unwrap();
    let acted: Vec<Value> =
        journal.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["deviations"].clone()).collect();
    assert_eq!(acted, [json!([]), json!([]), json!(["filter.ignored"]), json!([]), json!(["put.refused"])]);
    let counts: Value = asked("deviations").await.unwrap().json().await.unwrap();
    assert_eq!(
        counts["acted"],
        json!({"filter.ignored": 1, "put.refused": 1, "read.answer-delayed[Group]": 0, "uniqueness.not-enforced": null})
    );
    let again = client.put(format!("{control}deviations")).bearer_auth("control").json(&counts).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::OK);
    let (_, rest) = served.signal("TERM");
    assert_eq!(rest, "filter.ignored acted on 1 exchange\nput.refused acted on 1 exchange\nstopped\n");
}
