//! `weir provision` from PingOne: its users, the rule, and the events after them.

#[path = "support/gate.rs"]
mod gate;
mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use gate::get;
use serde_json::Value;
use support::{Served, run, weir};

fn fixture(name: &str) -> String {
    format!("{}/../../fixtures/pingone/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Names and whether they may sign in.
fn accounts(served: &Served) -> Vec<String> {
    let body = get(&format!("{}/Users?count=100", served.value("URL")), served.value("bearer"));
    let body: Value = serde_json::from_slice(&body).expect("a list");
    let users = body["Resources"].as_array().cloned().unwrap_or_default();
    let mut accounts: Vec<String> =
        users.iter().map(|user| format!("{} {}", user["userName"].as_str().unwrap(), user["active"])).collect();
    accounts.sort();
    accounts
}

#[test]
fn each_event_is_sent_as_it_comes() {
    let served = Served::start(&["--target", "aquera"]);
    let (users, rule, events) = (fixture("users.json"), fixture("rule.json"), fixture("events.ndjson"));
    let arguments = ["provision", "--source", &users, "--rule", &rule, "--events", &events];
    let ran = run(&[&arguments[..], &["--bearer", served.value("bearer"), served.value("URL")]].concat());
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{}", ran.stdout);
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r"\(\d+\.\d s\)", "(0.0 s)");
    settings.add_filter(r"(cycle 1 of 1: |event )\S+/", "$1");
    settings.bind(|| insta::assert_snapshot!(ran.stdout));
    assert_eq!(accounts(&served), ["mwick false", "nbeam false", "tglim false", "visitor1 false"]);
}

#[test]
fn events_come_through_a_pipe_one_by_one() {
    let served = Served::start(&["--target", "aquera"]);
    let (users, rule) = (fixture("users.json"), fixture("rule.json"));
    let ledger = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pingone.ledger");
    let _ = std::fs::remove_file(&ledger);
    let start = || {
        weir(&["provision", "--source", &users, "--rule", &rule, "--events", "-", "--remove-user-action", "delete"])
            .args(["--ledger", ledger.to_str().unwrap(), "--bearer", served.value("bearer"), served.value("URL")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut child = start();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut stdin = child.stdin.take().unwrap();
    for (event, said) in [
        (r#"{"event": "deleted", "id": "5f0c7a10-0000-4000-8000-000000000002"}"#, "users: deleted 1"),
        (
            r#"{"event": "updated", "user": {"id": "5f0c7a10-0000-4000-8000-000000000001", "title": "Keeper"}}"#,
            "users: updated 1",
        ),
        (
            r#"{"event": "updated", "user": {"id": "5f0c7a10-0000-4000-8000-000000000001", "title": "Keeper"}}"#,
            "nothing was sent",
        ),
    ] {
        writeln!(stdin, "{event}").unwrap();
        let line = lines.by_ref().find(|line| line.starts_with("event ")).expect("it goes on");
        assert!(line.ends_with(said), "{event}: {line}");
    }
    assert_eq!(accounts(&served), ["mwick true"]);
    writeln!(stdin, "{{\"event\": \"enabled\", \"id\": \"nobody\"}}\n{{\"event\": \"born\"}}").unwrap();
    // While the pipe is open it waits for more, and a signal ends that.
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(said.next().unwrap(), "weir: -, line 4: there is no user nobody; the event is left out");
    let born = said.next().unwrap();
    assert!(born.starts_with("weir: -, line 5") && born.contains("\"born\"; use one of created, "), "{born}");
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(1), "two events were left out");

    // The next run takes up where this one ended: who was deleted by an event is in the file again.
    let mut child = start();
    drop(child.stdin.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("users: created 1, updated 1"), "{said}");
}

#[test]
fn what_is_wrong_with_the_files_is_said_before_anything_is_sent() {
    let served = Served::start(&["--target", "aquera"]);
    let (users, rule) = (fixture("users.json"), fixture("rule.json"));
    let expression = file("expression.json", r#"{"mappings": [{"expression": "x", "targetAttribute": "userName"}]}"#);
    let nobody = file("nobody.json", "{}");
    for (arguments, words) in [
        (vec!["--source", &users], "users of PingOne need their rule, with --rule"),
        (vec!["--source", &users, "--rule", expression.to_str().unwrap()], "has an expression, which is not evaluated"),
        (
            vec!["--source", nobody.to_str().unwrap(), "--rule", &rule],
            "this is an empty JSON object, not a list of PingOne's users",
        ),
        (vec!["--source", &users, "--rule", &rule, "--events", "/nowhere"], "/nowhere: the file cannot be read"),
    ] {
        let ran = run(&[&["provision"], &arguments[..], &[served.value("URL")]].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
}
