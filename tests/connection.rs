//! `weir connection`, as a person runs it on the files of the vendors' APIs.

#[path = "support/proxy.rs"]
mod proxy;
mod support;

use std::path::{Path, PathBuf};

use proxy::{Listener, Message};
use support::run;

const AQUERA: &str = include_str!("../fixtures/connections/pingfederate-aquera.json");

/// A file of this test's own.
fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn show(path: &Path, further: &[&str]) -> support::Ran {
    run(&[&["connection", "show", path.to_str().unwrap()], further].concat())
}

#[test]
fn a_connection_is_shown_without_its_secrets() {
    let ran = show(&file("connection-aquera.json", AQUERA), &[]);
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    for said in ["client  pingfederate-aquera", "Remove User Action        Disable", "emails[type eq \"work\"].value"] {
        assert!(ran.stdout.contains(said), "{said}:\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains("hidden-token"), "{}", ran.stdout);
}

#[test]
fn what_cannot_be_used_ends_with_2_and_one_sentence() {
    let expression = AQUERA.replace("\"expression\": \"\"", "\"expression\": \"#this\"");
    let expression = file("connection-expression.json", &expression);
    let pingid = file("connection-pingid.json", &AQUERA.replace("Aquera Provisioner", "PingID Provisioner"));
    for (path, said) in [
        (Path::new("/nonexistent.json").to_owned(), "cannot be read"),
        (file("connection.xml", "<md:EntityDescriptor/>"), "get the JSON with GET"),
        (expression.clone(), "--ignore-expressions"),
        (pingid, "does not speak SCIM"),
    ] {
        let ran = show(&path, &[]);
        assert_eq!((ran.status, ran.stderr.lines().count()), (2, 1), "{}", ran.stderr);
        assert!(ran.stderr.contains(said), "{said}: {}", ran.stderr);
    }
    assert_eq!(show(&expression, &["--ignore-expressions"]).status, 0);
}

/// Names and values of a document stand in one line each, whatever they hold, and so does what an endpoint answers.
#[test]
fn what_a_document_or_a_peer_says_breaks_no_line() {
    let error =
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"no\r\nconnects: yes\u001b[2J"}"#;
    let endpoint = Listener::answering(move |_| Message::answer("403 Forbidden", &[], error));
    let tested = |text: &str| {
        let text = text.replace("https://api.example.com/scim/hr", &format!("{}/scim", endpoint.origin));
        let path = file("connection-lines.json", &text);
        let path = path.to_str().unwrap();
        [
            run(&["connection", "show", path]),
            run(&["connection", "list", path]),
            run(&["connection", "test", path, "--bearer", "b3arer"]),
        ]
    };
    let mut hostile = AQUERA.to_owned();
    for text in ["Example HR", "People", "invented-ad", "OU=People,DC=ad,DC=example,DC=com", "sAMAccountName"] {
        hostile = hostile.replace(&format!("\"{text}\""), &format!("\"{text}\\r\\nclient  other\\u001b[2J\""));
    }
    let lines = |ran: &support::Ran| ran.stdout.lines().count() + ran.stderr.lines().count();
    for (plain, hostile) in tested(AQUERA).iter().zip(&tested(&hostile)) {
        let text = hostile.stdout.clone() + &hostile.stderr;
        assert_eq!(lines(plain), lines(hostile), "{text}");
        assert!(text.contains("\\r\\n") && !text.contains(['\r', '\u{1b}']), "{text}");
        let forged = |line: &&str| line.starts_with("connects") || line.starts_with("client");
        assert_eq!(text.lines().find(forged), None, "{text}");
    }
}
