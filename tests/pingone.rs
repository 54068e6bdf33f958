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

/// A rule's groups are provisioned with those of its users who are in them, by the list and by each event.
#[test]
fn the_groups_of_a_rule_have_its_users_as_members() {
    let served = Served::start(&["--target", "aquera"]);
    let user = |name: &str, title: &str, groups: &str| {
        format!(
            r#"{{"id": "u-{name}", "username": "{name}", "enabled": true, "title": "{title}", "memberOfGroupIDs": [{groups}]}}"#
        )
    };
    let users = |people: &[String]| {
        let text = format!(r#"{{"_embedded": {{"users": [{}]}}}}"#, people.join(","));
        file("pingone-groups-users.json", &text).to_str().unwrap().to_owned()
    };
    let source = users(&[
        user("ada", "Clerk", r#""g-1", "g-2""#),
        user("bo", "Clerk", r#""g-1""#),
        user("cy", "Guest", r#""g-1""#),
    ]);
    let rule = |groups: &str| {
        let text = format!(
            r#"{{"name": "Staff", "active": true, "populationExpression": "title eq \"Clerk\"", "groups": [{groups}],
          "mappings": [{{"sourceAttribute": "username", "targetAttribute": "userName"}}, {{"sourceAttribute": "enabled", "targetAttribute": "active"}}]}}"#
        );
        file("pingone-groups-rule.json", &text).to_str().unwrap().to_owned()
    };
    let groups = r#"{"_embedded": {"groups": [{"id": "g-1", "name": "Staff"}, {"id": "g-2", "name": "Editors"},
        {"id": "g-3", "name": "Unused"}, {"id": "g-4", "name": "Domain Users", "isExternal": true}]}}"#;
    let groups = file("pingone-groups.json", groups).to_str().unwrap().to_owned();
    let ledger = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pingone-groups.ledger");
    let _ = std::fs::remove_file(&ledger);
    let both = rule(r#"{"id": "g-1"}, "g-2""#);
    let provision = |client: &str, more: &[&str]| {
        let first = ["provision", "--as", client, "--source", &source, "--rule", &both];
        run(&[&first, more, &["--bearer", served.value("bearer"), served.value("URL")]].concat())
    };
    let ran = provision("pingone-scim", &[]);
    assert!(ran.status == 2 && ran.stderr.contains("give them with --groups"), "{}", ran.stderr);
    let ran = provision("pingone-aquera", &["--groups", &groups]);
    assert!(ran.status == 2 && ran.stderr.contains("pingone-aquera provisions no groups"), "{}", ran.stderr);
    let with_groups = ["--groups", &groups, "--ledger", ledger.to_str().unwrap()];
    let ran = provision("pingone-scim", &with_groups);
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("users: created 2") && ran.stdout.contains("groups: created 2, members changed 2"),
        "{}",
        ran.stdout
    );
    assert_eq!(members(&served), ["Editors 1", "Staff 2"]);
    // By an event a user leaves a group; a leaver of the rule is no member any more.
    let event = r#"{"event": "updated", "user": {"id": "u-ada", "memberOfGroupIDs": ["g-1"]}}"#;
    let events = file("pingone-groups-events.ndjson", event).to_str().unwrap().to_owned();
    let ran = provision("pingone-scim", &[&with_groups[..], &["--events", &events]].concat());
    assert_eq!(ran.status, 0, "{}{}", ran.stdout, ran.stderr);
    assert_eq!(members(&served), ["Editors 0", "Staff 2"], "{}", ran.stdout);
    // A group that the rule does not name any more is deleted.
    rule(r#""g-1""#);
    users(&[user("ada", "Clerk", r#""g-1""#), user("bo", "Guest", r#""g-1""#)]);
    let ran = provision("pingone-scim", &with_groups);
    assert!(
        ran.stdout.contains("users: disabled 1") && ran.stdout.contains("deleted 1"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    assert_eq!(members(&served), ["Staff 1"], "{}", ran.stdout);
    for (people, groups_of_rule, said) in [
        (vec![r#"{"id": "u-1", "username": "ada"}"#.to_owned()], r#""g-1""#, "no user has memberOfGroupIDs"),
        (vec![user("ada", "Clerk", "")], r#""g-9""#, "the rule provisions the group g-9, which is not in the file"),
    ] {
        users(&people);
        rule(groups_of_rule);
        let ran = provision("pingone-scim", &["--groups", &groups, "--dry-run"]);
        assert!(ran.status == 2 && ran.stderr.contains(said), "{said}: {}{}", ran.stdout, ran.stderr);
    }
    // Without groups of its own a rule provisions those of the file, and says which it leaves out.
    rule("");
    users(&[user("ada", "Clerk", r#""g-2""#)]);
    let ran = provision("pingone-scim", &["--groups", &groups, "--dry-run"]);
    assert!(
        ran.stdout.contains("group  Unused") && ran.stdout.contains("1 group is of an external directory"),
        "{}",
        ran.stdout
    );
}

/// Names of the groups, and how many members each has.
fn members(served: &Served) -> Vec<String> {
    let body = get(&format!("{}/Groups?count=100", served.value("URL")), served.value("bearer"));
    let body: Value = serde_json::from_slice(&body).expect("a list");
    let groups = body["Resources"].as_array().cloned().unwrap_or_default();
    let count = |group: &Value| group["members"].as_array().map_or(0, Vec::len);
    let mut members: Vec<String> =
        groups.iter().map(|group| format!("{} {}", group["displayName"].as_str().unwrap(), count(group))).collect();
    members.sort();
    members
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
